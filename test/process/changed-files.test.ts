import { expect, test } from "bun:test";
import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { hasChangedSince } from "../../src/process/changed-files.ts";
import { Sandbox } from "../support/sandbox.ts";

const LONG_AGO = new Date(2026, 0, 1);
const SINCE = Date.UTC(2026, 5, 1);

/** A folder in which everything is old. */
function oldFolder({ folder }: Sandbox) {
  const root = join(folder, "work");
  const path = (name: string) => join(root, name);
  const write = (name: string) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), "text");
  };
  for (const name of [
    ".git/index",
    ".forge/ledgers/a.md",
    ".fmail/topics/x",
    "src/deep/a.ts",
    "data/forge.db",
  ])
    write(name);
  const age = () => {
    for (const name of [
      ...[".git/index", ".forge/ledgers/a.md", ".fmail/topics/x", "src/deep/a.ts", "data/forge.db"],
      ...[".git", ".forge/ledgers", ".forge", ".fmail/topics", ".fmail", "src/deep", "src", "data", "."],
    ])
      utimesSync(path(name), LONG_AGO, LONG_AGO);
  };
  age();
  const hasChanged = () =>
    hasChangedSince(root, SINCE, {
      skip: new Set([path(".forge/ledgers"), path("data")]),
      skipNames: new Set([".git", ".fmail"]),
    });
  return { path, write, hasChanged };
}

test("a file that is written, made or removed below a folder is a change", async () => {
  await using sandbox = new Sandbox();
  for (const change of ["write", "make", "remove"]) {
    const { path, write, hasChanged } = oldFolder(sandbox);
    expect(await hasChanged()).toBe(false);
    if (change === "write") write("src/deep/a.ts");
    if (change === "make") write("src/deep/b.ts");
    if (change === "remove") rmSync(path("src/deep/a.ts"));
    expect([change, await hasChanged()]).toEqual([change, true]);
    rmSync(path("."), { recursive: true });
  }
});

test("what stands in the folders that are left out is none, nor is a folder that is gone", async () => {
  await using sandbox = new Sandbox();
  const { path, write, hasChanged } = oldFolder(sandbox);
  for (const name of [".git/index", ".git/objects/new", ".forge/ledgers/a.md", ".fmail/x", "data/forge.db"])
    write(name);
  expect(await hasChanged()).toBe(false);
  rmSync(path("."), { recursive: true });
  expect(await hasChanged()).toBe(false);
});
