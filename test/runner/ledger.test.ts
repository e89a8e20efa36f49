import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isOneOf } from "../../src/core/enum.ts";
import type { LoopId, RunId } from "../../src/core/ids.ts";
import { type LoopRun, RUN_STATUSES } from "../../src/core/run.ts";
import { parseTime } from "../../src/core/time.ts";
import { appendToLedger, ensureLedger, isInLedger } from "../../src/runner/ledger.ts";
import { type LedgerRecord, ledgerEntry, ledgerHead } from "../../src/runner/ledger-entry.ts";
import { fixturesAreMissing } from "../support/fixtures.ts";
import { projectRoot } from "../support/forge.ts";
import { run as runProgram } from "../support/run.ts";
import { LoopWorld } from "./loop-world.ts";

const at = (text = ""): number => parseTime(text) ?? Number.NaN;

/** The ledgers of the Go line keep exactly this form; its last entry ends the file. */
const ledgers = fixturesAreMissing
  ? []
  : ["go", "rust"].flatMap((line) => {
      const folder = join(projectRoot, "../shared/fixtures", line, "repo/.forge/ledgers");
      return readdirSync(folder).map((name) => join(folder, name));
    });

test.skipIf(fixturesAreMissing)(
  "ledgers of other implementations are what we would have written, byte for byte",
  () => {
    expect(ledgers.length).toBeGreaterThan(3);
    for (const path of ledgers) {
      const text = readFileSync(path, "utf8");
      expect(rewritten(text)).toBe(text);
    }
  },
);

/** Reads a ledger into records and writes it anew. */
function rewritten(text: string): string {
  const [head = "", ...entries] = text.split(/^(?=## \d)/m);
  const field = (source: string, name: string) => new RegExp(`^(?:- )?${name}: (.*)$`, "m").exec(source)?.[1];
  const loop = {
    id: field(head, "loop_id") as LoopId, // a text of the file
    name: field(head, "loop_name") ?? "",
    repoPath: field(head, "repo_path") ?? "",
  };
  const record = (entry: string): LedgerRecord => {
    const status = field(entry, "status") ?? "";
    if (!isOneOf(RUN_STATUSES, status)) throw new Error(`status ${status}`);
    const run: LoopRun = {
      id: field(entry, "run_id") as RunId, // a text of the file
      loopId: loop.id,
      status,
      promptSource: field(entry, "prompt_source"),
      promptPath: field(entry, "prompt_path"),
      promptOverride: field(entry, "prompt_override") === "true",
      startedAt: at(field(entry, "started_at")),
      finishedAt: at(field(entry, "finished_at")),
      exitCode: Number(field(entry, "exit_code")),
      outputTail: /^```\n([\s\S]*?)\n```$/m.exec(entry)?.[1],
    };
    const profile = {
      name: field(entry, "profile") ?? "",
      harness: field(entry, "harness") ?? "",
      authKind: field(entry, "auth_kind"),
    };
    return { loopName: loop.name, run, profile, gitSummary: "" };
  };
  return [
    ledgerHead(loop, at(field(head, "created_at"))),
    ...entries.map((entry) => ledgerEntry(record(entry), at(/^## (.*)$/m.exec(entry)?.[1]))),
  ].join("");
}

const sampleRun: LoopRun = {
  id: "4e33bd2b-83b2-4b77-9223-2c142e14c5a5" as RunId, // a sample
  loopId: "l" as LoopId, // a sample
  status: "success",
  promptSource: "base",
  promptOverride: false,
  startedAt: at("2026-11-22T22:26:47Z"),
  finishedAt: at("2026-11-22T22:26:48Z"),
  exitCode: 0,
};

const entryOf = (changes: Partial<LoopRun>, gitSummary = "") =>
  ledgerEntry(
    {
      loopName: "alpha",
      run: { ...sampleRun, ...changes },
      profile: { name: "p1", harness: "" },
      gitSummary,
    },
    at("2026-11-22T22:26:49Z"),
  );

test("an entry without output, harness and prompt file leaves their lines out", () => {
  expect(entryOf({})).toBe(`## 2026-11-22T22:26:49Z

- run_id: 4e33bd2b-83b2-4b77-9223-2c142e14c5a5
- loop_name: alpha
- status: success
- profile: p1
- prompt_source: base
- prompt_override: false
- started_at: 2026-11-22T22:26:47Z
- finished_at: 2026-11-22T22:26:48Z
- exit_code: 0

`);
});

test("what an agent says of itself begins no line of its own", () => {
  const entry = entryOf({ promptSource: "base\r\n- run_id: another\u001b[31m" });
  expect(entry).toContain("- prompt_source: base - run_id: another [31m\n");
});

test("output and git summary stand in blocks of their own, each followed by a blank line", () => {
  const entry = entryOf(
    { outputTail: "\n  done  \n" },
    "status --porcelain:\n M a.txt\ndiff --stat:\n  (clean)",
  );
  expect(entry).toEndWith(`- exit_code: 0

\`\`\`
done
\`\`\`

### Git Summary

\`\`\`
status --porcelain:
 M a.txt
diff --stat:
  (clean)
\`\`\`

`);
});

test("the last 60 lines of a tail are kept, an unfinished line among them", () => {
  const lines = Array.from({ length: 61 }, (_, index) => `line ${index}`);
  const entry = entryOf({ outputTail: lines.join("\n") });
  expect(entry).not.toContain("line 0\n");
  expect(entry).toContain("```\nline 1\n");
  expect(entry).toContain("line 60\n```");
});

test("output that holds a fence gets a longer one", () => {
  expect(entryOf({ outputTail: "```\ncode\n```" })).toContain("````\n```\ncode\n```\n````\n");
});

test("a ledger keeps its head and entries; one that was deleted gets its head again", async () => {
  await using world = await LoopWorld.make();
  const loop = world.loop();
  const path = join(world.repo, ".forge/ledgers/alpha.md");
  ensureLedger(path, loop, at("2026-11-22T22:26:47Z"));
  const head = readFileSync(path, "utf8");
  expect(head).toBe(
    `---\nloop_id: ${loop.id}\nloop_name: alpha\nrepo_path: ${world.repo}\ncreated_at: 2026-11-22T22:26:47Z\n---\n\n# Loop Ledger: alpha\n\n`,
  );
  const record = { loopName: "alpha", run: sampleRun, profile: { name: "p1", harness: "" }, gitSummary: "" };
  appendToLedger(path, loop, record, at("2026-11-22T22:26:49Z"));
  expect(readFileSync(path, "utf8")).toBe(head + entryOf({}));
  rmSync(path);
  appendToLedger(path, loop, record, at("2026-11-22T22:26:49Z"));
  expect(readFileSync(path, "utf8")).toContain("# Loop Ledger: alpha\n\n## 2026-11-22T22:26:49Z\n");
});

test("an entry is found in the last 64 KiB of a ledger", async () => {
  await using world = await LoopWorld.make();
  const path = join(world.folder, "ledger.md");
  writeFileSync(path, entryOf({}) + "x".repeat(60_000));
  expect(await isInLedger(path, sampleRun.id)).toBe(true);
  expect(await isInLedger(path, "another")).toBe(false);
  expect(await isInLedger(join(world.folder, "missing.md"), sampleRun.id)).toBe(false);
});

test("a ledger is not made in a repository that is gone", async () => {
  await using world = await LoopWorld.make();
  const loop = world.loop({ repoPath: join(world.folder, "gone") });
  const path = join(loop.repoPath, ".forge/ledgers/alpha.md");
  expect(() => ensureLedger(path, loop, 0)).toThrow(`open ${path}: no such file or directory`);
  expect(existsSync(loop.repoPath)).toBe(false);
});

test("a run's entry tells what git says, where the repository asks for it", async () => {
  await using world = await LoopWorld.make();
  const git = (...words: string[]) => runProgram(["git", ...words], { cwd: world.repo, env: world.env });
  await git("init", "-q");
  world.file("a.txt", "one\n");
  await git("add", "a.txt");
  await git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "first");
  world.file("a.txt", "two\n");
  world.file(".gitignore", ".forge\n.gitignore\nPROMPT.md\n");
  world.file(".forge/forge.yaml", "ledger:\n  git_status: true\n  git_diff_stat: true\n");
  world.profile([]);
  const loop = world.loop();
  await world.once(loop);
  expect(world.ledger(loop)).toEndWith(
    "### Git Summary\n\n```\nstatus --porcelain:\n M a.txt\ndiff --stat:\n a.txt | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n```\n\n",
  );
});

test("outside a work tree there is no git summary", async () => {
  await using world = await LoopWorld.make();
  world.file(".forge/forge.yaml", "ledger:\n  git_status: true\n");
  world.profile([]);
  const loop = world.loop();
  await world.once(loop);
  expect(world.ledger(loop)).not.toContain("Git Summary");
});
