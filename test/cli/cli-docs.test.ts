import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withReference } from "../../scripts/cli-reference.ts";
import { registryFor } from "../../src/cli/registry/registry.ts";
import { robotHelp } from "../../src/cli/robot-help.ts";
import { type Entry, visibleCommands } from "../../src/console/command.ts";
import { registry as mail } from "../../src/fmail/registry/registry.ts";
import { robotHelp as mailRobotHelp } from "../../src/fmail/robot-help.ts";
import { projectRoot } from "../support/forge.ts";

const visibleFlags = ({ flags = {} }: Entry) => Object.entries(flags).filter(([, { hidden }]) => !hidden);

test("docs/cli.md has every command and flag of forge and fmail", async () => {
  const page = readFileSync(join(projectRoot, "docs", "cli.md"), "utf8");
  if (page !== (await withReference(page)))
    throw new Error("docs/cli.md is older than the command registry: write it anew with `npm run docs:cli`");
});

test("the robot help of forge names every command", async () => {
  const listed = (await robotHelp()).split("All commands")[1] ?? "";
  const words = listed.split(/[\s,|]+/);
  for (const entry of visibleCommands((await registryFor([])).commands)) {
    expect(words).toContain(entry.name);
    const inner = entry.kind === "group" ? visibleCommands(entry.commands) : [];
    for (const { name, kind } of inner) expect(words).toContain(kind === "group" ? `${name}...` : name);
  }
});

test("the robot help of fmail has every command with its flags", () => {
  const { commands } = JSON.parse(mailRobotHelp("dev"));
  const told = visibleCommands(mail.commands).filter(({ name }) => !["completion", "help"].includes(name));
  for (const entry of told) {
    const text = JSON.stringify(commands[entry.name] ?? `nothing about ${entry.name}`);
    for (const [name, { short }] of visibleFlags(entry)) {
      const isTold = text.includes(`--${name}`) || (short !== undefined && text.includes(`"-${short}`));
      if (!isTold) throw new Error(`src/fmail/robot-help.ts does not tell ${entry.name} --${name}`);
    }
  }
});
