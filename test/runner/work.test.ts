import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stopAfterJson } from "../../src/core/stop-after.ts";
import {
  isUnchanged,
  recordPlaces,
  UNKNOWN_WORK,
  type Work,
  workFingerprint,
} from "../../src/runner/work/fingerprint.ts";
import { changeLoopLimits } from "../../src/store/loop-limits.ts";
import { findOutcome } from "../../src/store/run-outcomes.ts";
import { claudeResult } from "../harness/made-up-streams.ts";
import { LoopWorld } from "./loop-world.ts";

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "forge-work-")));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const env = (): Record<string, string> => ({
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  HOME: root,
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@example.com",
});

function sh(repo: string, script: string): void {
  const { success, stderr } = Bun.spawnSync(["sh", "-ec", script], { cwd: repo, env: env() });
  if (!success) throw new Error(stderr.toString());
}

function write(repo: string, name: string, text: string): void {
  mkdirSync(dirname(join(repo, name)), { recursive: true });
  writeFileSync(join(repo, name), text);
}

let made = 0;
function folder(): string {
  const path = join(root, `work-${made++}`);
  mkdirSync(path);
  return path;
}

/** Enough time for the slowest machine: how long it may take is a test of its own. */
const look = (repoPath: string, changes: Partial<Work> = {}) =>
  workFingerprint({
    repoPath,
    env: env(),
    leftOut: [...recordPlaces(repoPath), join(repoPath, "loop.log")],
    atMostMs: 60_000,
    ...changes,
  });

/** Changes of one repository, each with whether the work is another one after it (spec/15 section 7.1). */
const changes: readonly (readonly [what: string, isProgress: boolean, change: (repo: string) => void])[] = [
  ["nothing", false, () => {}],
  ["a new file", true, (repo) => write(repo, "new file", "1")],
  ["other content of a file that git does not know", true, (repo) => write(repo, "new file", "2")],
  ["the same content once more", false, (repo) => write(repo, "new file", "2")],
  ["another content of a file of the last commit", true, (repo) => write(repo, "a.txt", "two")],
  ["a file with a line feed in its name", true, (repo) => write(repo, "odd\nname", "1")],
  ["its other content", true, (repo) => write(repo, "odd\nname", "2")],
  ["staging", true, (repo) => sh(repo, "git add a.txt")],
  ["a touched file", false, (repo) => utimesSync(join(repo, "a.txt"), 1, 1)],
  ["a commit", true, (repo) => sh(repo, "git commit -qm two")],
  ["an empty commit", true, (repo) => sh(repo, "git commit -qm three --allow-empty")],
  ["a branch of another name", false, (repo) => sh(repo, "git checkout -qb other")],
  ["a removed file", true, (repo) => sh(repo, "rm a.txt")],
  ["a link", true, (repo) => symlinkSync("nowhere", join(repo, "link"))],
  ["an ignored file", false, (repo) => write(repo, "ignored/x", "1")],
  ["the ledger", false, (repo) => write(repo, ".forge/ledgers/l.md", "entry")],
  ["agent mail", false, (repo) => write(repo, ".fmail/topics/t/1", "mail")],
  [
    "the loop's log, and a rotated one",
    false,
    (repo) => {
      write(repo, "loop.log", "x");
      write(repo, "loop.log.1", "x");
    },
  ],
  ["a prompt", true, (repo) => write(repo, ".forge/prompts/p.md", "work")],
];

test("the fingerprint of a git repository tells work from none (spec/15 section 7.1)", async () => {
  const repo = folder();
  write(repo, "a.txt", "one");
  write(repo, ".gitignore", "ignored/\n");
  sh(repo, "git init -q; git add .; git commit -qm one");
  let before = await look(repo);
  for (const [what, isProgress, change] of changes) {
    change(repo);
    const after = await look(repo);
    expect([what, isUnchanged(before, after)]).toEqual([what, !isProgress]);
    before = after;
  }
});

test("a repository without HEAD has one too", async () => {
  const repo = folder();
  sh(repo, "git init -q");
  const empty = await look(repo);
  write(repo, "a", "1");
  const untracked = await look(repo);
  sh(repo, "git add a");
  expect(new Set([empty, untracked, await look(repo), UNKNOWN_WORK]).size).toBe(4);
});

test("a folder that its repository ignores, or that has none, is told by its files", async () => {
  const outer = folder();
  write(outer, ".gitignore", "inner\n");
  sh(outer, "git init -q");
  const inner = join(outer, "inner");
  for (const place of [inner, folder()]) {
    write(place, "a", "1");
    write(place, "large", "x".repeat(300_000));
    const before = await look(place);
    write(place, "node_modules/m/index.js", "1");
    write(place, "sub/dist/out.js", "1");
    symlinkSync("nowhere", join(place, "link"));
    expect(await look(place)).toBe(before);
    utimesSync(join(place, "large"), 1, 1);
    const touched = await look(place);
    expect(touched).not.toBe(before);
    write(place, "sub/b", "1");
    expect(await look(place)).not.toBe(touched);
  }
});

test.each([
  ["more files than are looked at", { mostFiles: 2 }],
  ["more than can be looked at in time", { atMostMs: -1 }],
])("%s are unknown, which is never no progress", async (_what, limits) => {
  for (const isGit of [true, false]) {
    const repo = folder();
    if (isGit) sh(repo, "git init -q");
    for (const name of ["a", "b", "c"]) write(repo, name, name);
    expect(await look(repo, limits)).toBe(UNKNOWN_WORK);
  }
  expect(isUnchanged(UNKNOWN_WORK, UNKNOWN_WORK)).toBeUndefined();
});

test("a program that the repository names is not run", async () => {
  const repo = folder();
  sh(repo, `git init -q; git config core.fsmonitor 'touch ${root}/called'`);
  await look(repo);
  expect(await Bun.file(join(root, "called")).exists()).toBe(false);
});

test("where git does not answer the files are looked at", async () => {
  const repo = folder();
  write(repo, ".git", "gitdir: nowhere\n");
  const before = await look(repo);
  write(repo, "a", "1");
  expect(isUnchanged(before, await look(repo))).toBe(false);
});

describe("a loop", () => {
  let world: LoopWorld;
  beforeEach(async () => {
    world = await LoopWorld.make();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  test("stops after so many runs in a row that changed nothing (spec/15 section 7.2)", async () => {
    const counter = join(world.folder, "runs");
    // Works in its second run only.
    const profile = world.profile([], {
      harness: "",
      commandTemplate: `echo >>${counter}; if [ $(wc -l <${counter}) = 2 ]; then echo >>notes; fi`,
    });
    const loop = world.loop({ profileId: profile.id, maxIterations: 20 });
    changeLoopLimits(world.db, loop.id, stopAfterJson({ noProgress: 3, failures: 0 }), 0);
    await world.start(loop).ended;
    // A machine that is too slow to look knows nothing, and goes on.
    expect(world.runs(loop).length).toBeGreaterThanOrEqual(5);
    const reason = "no progress in 3 runs";
    expect(world.read(loop)).toMatchObject({ state: "stopped", lastError: reason });
    expect(world.logLines(loop).at(-1)).toBe(reason);
    const fingerprints = world.db
      .query<{ a: string; b: string }, []>(
        "SELECT fingerprint_before a, fingerprint_after b FROM fx_outcomes",
      )
      .all();
    expect(fingerprints.at(-1)?.a).toBe(fingerprints.at(-1)?.b ?? "");
  });

  test("whose agent was refused something and did nothing has not ended well (spec/15 section 2.2, rule 8)", async () => {
    const result = claudeResult({ permission_denials: [{ tool_name: "Bash" }] });
    const stream = join(world.folder, "stream");
    await Bun.write(
      stream,
      `{"type":"system","subtype":"init","session_id":"s"}\n${JSON.stringify(result)}\n`,
    );
    const outcomes: unknown[] = [];
    for (const [name, work] of [
      ["idle", "true"],
      ["busy", "echo >>notes"],
    ] as const) {
      const profile = world.profile([], { harness: "claude", commandTemplate: `cat ${stream}; ${work}` });
      const loop = world.loop({ name, profileId: profile.id, maxIterations: 1 });
      await world.start(loop).ended;
      outcomes.push(...world.runs(loop).map(({ id }) => findOutcome(world.db, id)));
    }
    expect(outcomes).toMatchObject([
      { outcome: "permission", reason: "1 refused", evidence: { rule: 8 } },
      { outcome: "ok", evidence: { rule: 10 } },
    ]);
  });

  test("that needs no fingerprint takes none", async () => {
    const loop = world.loop({ profileId: world.profile([], { harness: "" }).id, maxIterations: 1 });
    await world.start(loop).ended;
    expect(world.db.query("SELECT fingerprint_before a, fingerprint_after b FROM fx_outcomes").all()).toEqual(
      [{ a: null, b: null }],
    );
  });
});
