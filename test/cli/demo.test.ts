import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Forge, forgeExecutable } from "../support/forge.ts";

const leftovers = (forge: Forge) => readdirSync(join(forge.folder, "tmp"));

test("10 section 17: the demo tells its runs, commits and the steering, and leaves nothing behind", async () => {
  await using forge = new Forge();
  const answer = JSON.parse(await forge.must(["demo", "--json", "--speed", "10"]));
  expect(answer).toMatchObject({ ok: true, runs: 4, steered: true });
  // At this speed the message may come during the third run and end it.
  expect(answer.commits).toBeGreaterThanOrEqual(4);
  expect(answer.path).toBeUndefined();
  expect(leftovers(forge)).toEqual([]);
  expect(forge.processes()).toEqual([]);
  expect(existsSync(forge.dataDir)).toBe(false);
});

test("10 section 17: every step is announced, and the log, the ledger and the commits are shown", async () => {
  await using forge = new Forge();
  const PATH = "/usr/local/bin:/usr/bin:/bin";
  const shown = await forge.must(["demo", "--speed", "10"], { env: { PATH } });
  const steps = shown.split("\n").filter((line) => line.startsWith("==> "));
  expect(steps.map((line) => line.split("  #")[0])).toEqual([
    "==> git init && forge init",
    "==> forge profile add generic --name demo",
    "==> forge up --name demo -i 4 --interval 100ms",
    "==> forge logs demo -f",
    '==> forge msg demo --now "Please write the file NOTES.md"',
    "==> forge ps",
    "==> tail .forge/ledgers/demo.md",
    "==> git log --oneline",
    "==> your turn",
  ]);
  expect(shown).toContain(`ln -s '${forgeExecutable}' ~/.local/bin/forge`);
  expect(shown).toContain("the operator asks for NOTES.md\n");
  expect(shown).toContain("- status: success\n");
  expect(shown).toMatch(/\n[0-9a-f]+ Write NOTES\.md, as the operator asked\n/);
});

test("10 section 17: existing data and inherited variables are not touched", async () => {
  await using forge = new Forge();
  const data = join(forge.folder, "mine");
  await forge.must(["demo", "--json", "--speed", "10"], { env: { FORGE_DATA_DIR: data } });
  expect(existsSync(data)).toBe(false);
});

test("10 section 17: --keep prints the path of a place that can be looked at", async () => {
  await using forge = new Forge();
  const { path } = JSON.parse(await forge.must(["demo", "--json", "--speed", "10", "--keep"]));
  expect(existsSync(join(path, "repo", "NOTES.md"))).toBe(true);
});

for (const [signal, exit] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  test(`10 section 17: ${signal} ends it with ${exit}, its loop and its supervisor too`, async () => {
    await using forge = new Forge();
    await using terminal = forge.terminal(["demo"]);
    await terminal.shows("committed");
    process.kill(terminal.pid, signal);
    expect(await terminal.ends()).toBe(exit);
    expect(leftovers(forge)).toEqual([]);
    expect(forge.processes()).toEqual([]);
  });
}

test("10 section 17: without git it shows the same without commits", async () => {
  await using forge = new Forge();
  const bin = join(forge.folder, "bin");
  const link = `mkdir ${bin} && for p in sh bash env cat mkdir rm; do ln -s "$(command -v $p)" ${bin}/$p; done`;
  await forge.program(["bash", "-c", link]);
  const answer = await forge.must(["demo", "--json", "--speed", "10"], { env: { PATH: bin } });
  expect(JSON.parse(answer)).toMatchObject({ ok: true, runs: 4, commits: 0, steered: true });
});
