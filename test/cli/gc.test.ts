import { describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Loop } from "../../src/core/loop.ts";
import { insertRow } from "../../src/store/statements.ts";
import { addEvents } from "../support/events.ts";
import { waitFor } from "../support/wait-for.ts";
import { message, VerbsSandbox } from "./verbs-sandbox.ts";

const DAY = 86_400_000;

class GcSandbox extends VerbsSandbox {
  /** Without the event that tells of it: loops of this sandbox are made long ago. */
  override loop(name: string): Loop {
    const loop = super.loop(name);
    this.sql("DELETE FROM events");
    return loop;
  }

  path = (...parts: string[]) => join(this.dataDir, ...parts);

  /** A file in the data directory; `days` ago it was last written to. */
  file(parts: readonly string[], days = 0, text = "x"): string {
    const path = this.path(...parts);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    this.age(path, days);
    return path;
  }

  age(path: string, days: number): void {
    const at = new Date(Date.now() - days * DAY);
    utimesSync(path, at, at);
  }

  /** A run of a loop with its folder, in a phase, that ended so long ago. */
  addRun(
    loop: Pick<Loop, "id">,
    id: string,
    { phase = "recorded", days = 0, status = "success" } = {},
  ): string {
    const dir = this.path("runs", id);
    this.file(["runs", id, "output"], days, "x".repeat(10_000));
    this.age(dir, days);
    const at = new Date(Date.now() - days * DAY).toISOString();
    this.withDatabase((db) => {
      if (this.now(loop.id))
        insertRow(db, "loop_runs", {
          id,
          loop_id: loop.id,
          status,
          started_at: at,
          finished_at: status === "running" ? null : at,
        });
      insertRow(db, "fx_runs", { run_id: id, loop_id: loop.id, kind: "main", phase, dir });
      insertRow(db, "fx_outcomes", { run_id: id, loop_id: loop.id, outcome: "done" });
    });
    return dir;
  }

  ids(table: string, column = "id"): string[] {
    return this.withDatabase((db) =>
      db.query<{ id: string }, []>(`SELECT ${column} AS id FROM ${table} ORDER BY rowid`).all(),
    ).map(({ id }) => id);
  }

  config(...lines: string[]): void {
    mkdirSync(this.configDir, { recursive: true });
    writeFileSync(join(this.configDir, "config.yaml"), lines.map((line) => `${line}\n`).join(""));
  }
}

const items = (answer: { items: { what: string; removed: number }[] }) =>
  Object.fromEntries(answer.items.map(({ what, removed }) => [what, removed]));

describe("30 section 21: forge gc", () => {
  test("on a fresh machine and within all limits there is nothing to remove", async () => {
    await using forge = new GcSandbox();
    expect(await forge.must(["gc"])).toBe("Nothing to remove\n");
    expect(existsSync(forge.dataDir)).toBe(false);
    forge.addRun(forge.loop("a"), "r1", { days: 300 });
    expect(await forge.json(["gc"])).toEqual({ dry_run: false, items: [], bytes: 0 });
    expect(await forge.must(["gc", "--dry-run"])).toBe("Nothing to remove\n");
  });

  test("run folders beyond the number that is kept go, the oldest first; a dry run only says so", async () => {
    await using forge = new GcSandbox();
    forge.config("retention:", "  run_folders: 2");
    const loop = forge.loop("a");
    const dirs = ["r1", "r2", "r3", "r4"].map((id) => forge.addRun(loop, id));
    const busy = forge.addRun(loop, "r0", { phase: "spawned", status: "running" });
    const dry = await forge.must(["gc", "--dry-run"]);
    expect(dry).toMatch(/^Would remove:\nWHAT +REMOVED +FREED\nruns +2 +\d\dKB\nTOTAL +2 +\d\dKB\n$/);
    expect(dirs.map((dir) => existsSync(dir))).toEqual([true, true, true, true]);
    const answer = await forge.json(["gc"]);
    expect(items(answer)).toEqual({ runs: 2 });
    expect(answer.bytes).toBe(answer.items[0].bytes);
    expect(answer.bytes).toBeGreaterThanOrEqual(20_000);
    expect(dirs.map((dir) => existsSync(dir))).toEqual([false, false, true, true]);
    expect(existsSync(busy)).toBe(true);
    expect(forge.ids("loop_runs")).toHaveLength(5);
  });

  test("run folders beyond the size that is kept go", async () => {
    await using forge = new GcSandbox();
    forge.config("retention:", "  run_folder_bytes: 40KB");
    const loop = forge.loop("a");
    const dirs = ["r1", "r2", "r3", "r4"].map((id) => forge.addRun(loop, id));
    await forge.must(["gc", "--quiet"]);
    expect(dirs.map((dir) => existsSync(dir)).at(0)).toBe(false);
    expect(dirs.map((dir) => existsSync(dir)).at(-1)).toBe(true);
  });

  test("old runs go with all that is known of them; one in progress and one not written down stay", async () => {
    await using forge = new GcSandbox();
    const [a, b] = [forge.loop("a"), forge.loop("b")];
    forge.addRun(a, "old", { days: 10 });
    forge.addRun(a, "settled", { days: 10, phase: "settled" });
    forge.addRun(a, "busy", { days: 10, phase: "spawned", status: "running" });
    forge.addRun(a, "new", { days: 1 });
    forge.addRun(b, "other", { days: 10 });
    const words = ["gc", "--loop", "a", "--only", "runs", "--older-than", "5d"];
    expect(items(await forge.json([...words, "--dry-run"]))).toEqual({ runs: 1 });
    expect(items(await forge.json(words))).toEqual({ runs: 1 });
    expect(forge.ids("loop_runs")).toEqual(["settled", "busy", "new", "other"]);
    expect(forge.ids("fx_runs", "run_id")).toEqual(["settled", "busy", "new", "other"]);
    expect(forge.ids("fx_outcomes", "run_id")).toEqual(["settled", "busy", "new", "other"]);
    expect(readdirSync(forge.path("runs")).toSorted()).toEqual(["busy", "new", "other", "settled"]);
    forge.config("retention:", "  runs_max_age: 120h");
    expect(items(await forge.json(["gc", "--only", "runs"]))).toEqual({ runs: 1 });
    expect(forge.ids("loop_runs")).toEqual(["settled", "busy", "new"]);
  });

  test("runs beyond the number that is kept go, more of them than one batch", async () => {
    await using forge = new GcSandbox();
    forge.config("retention:", "  runs_per_loop: 3");
    const { id } = forge.loop("a");
    forge.withDatabase((db) =>
      db.transaction(() => {
        for (let index = 0; index < 2203; index++)
          insertRow(db, "loop_runs", {
            id: `r${index}`,
            loop_id: id,
            status: "success",
            started_at: "2026-01-01T00:00:00Z",
          });
      })(),
    );
    expect(items(await forge.json(["gc"]))).toEqual({ runs: 2200 });
    expect(forge.ids("loop_runs")).toEqual(["r2200", "r2201", "r2202"]);
  });

  test("rotated logs beyond those that are kept go; a large log of a loop at rest is begun anew", async () => {
    await using forge = new GcSandbox();
    forge.config("retention:", "  log_max_size: 5KB", "  log_keep: 2");
    forge.loop("a");
    forge.file(["logs/loops/a.log"], 0, "y".repeat(6000));
    for (const age of [1, 2, 3]) forge.file(["logs/loops", `a.log.${age}`], age);
    expect(items(await forge.json(["gc", "--dry-run"]))).toEqual({ logs: 2 });
    expect(items(await forge.json(["gc"]))).toEqual({ logs: 2 });
    expect(readdirSync(forge.path("logs/loops")).toSorted()).toEqual(["a.log.1", "a.log.2"]);
    expect(statSync(forge.path("logs/loops/a.log.1")).size).toBe(6000);
    expect(items(await forge.json(["gc", "--older-than", "12h"]))).toEqual({ logs: 1 });
  });

  test("a loop that runs keeps its log, its folder and its prompt", async () => {
    await using forge = new GcSandbox();
    forge.config("retention:", "  log_max_size: 1", "  prompts_per_loop: 1");
    forge.profile("p", "sleep 1000 # {prompt}", { promptMode: "path" });
    const { id } = forge.loop("busy");
    await forge.start("busy");
    const prompts = () =>
      existsSync(forge.path("prompts", id)) ? readdirSync(forge.path("prompts", id)) : [];
    await waitFor(() => forge.ids("loop_runs").length === 1 && prompts().length === 1, { what: "a run" });
    const [prompt = ""] = prompts();
    forge.age(forge.path("prompts", id, prompt), 9);
    forge.file(["prompts", id, "run-newer.md"], 1);
    const log = statSync(forge.path("logs/loops/busy.log")).ino;
    expect(items(await forge.json(["gc", "--older-than", "12h"]))).toEqual({ prompts: 1 });
    expect(prompts()).toEqual([prompt]);
    expect(statSync(forge.path("logs/loops/busy.log")).ino).toBe(log);
    expect(forge.ids("loop_runs")).toHaveLength(1);
    expect(readdirSync(forge.path("runs"))).toHaveLength(1);
    await forge.must(["kill", "busy"]);
  });

  test("rendered prompts beyond the newest go", async () => {
    await using forge = new GcSandbox();
    forge.config("retention:", "  prompts_per_loop: 2");
    const { id } = forge.loop("a");
    for (const days of [0, 1, 2, 3]) forge.file(["prompts", id, `run-${days}.md`], days);
    forge.file(["prompts", id, "notes.txt"], 9);
    expect(items(await forge.json(["gc"]))).toEqual({ prompts: 2 });
    expect(readdirSync(forge.path("prompts", id)).toSorted()).toEqual(["notes.txt", "run-0.md", "run-1.md"]);
  });

  test("finished queue items go after their time; what waits stays, however old", async () => {
    await using forge = new GcSandbox();
    const { id } = forge.loop("a");
    const queued = forge.queue(id, message("1"), message("2"), message("3"), message("4"));
    for (const [index, status] of ["completed", "failed", "pending", "dispatched"].entries())
      forge.sql(
        "UPDATE loop_queue_items SET status = ?, completed_at = '2026-01-01 00:00:00' WHERE id = ?",
        status,
        queued[index]?.id ?? "",
      );
    expect(items(await forge.json(["gc", "--dry-run", "--only", "queue"]))).toEqual({ queue: 2 });
    expect(items(await forge.json(["gc"]))).toEqual({ queue: 2 });
    expect(forge.items(id)).toEqual(["message_append pending", "message_append dispatched"]);
  });

  test("old and excess events go, into the archive where that is wanted", async () => {
    await using forge = new GcSandbox();
    forge.loop("a");
    const days = [40, 39, 3, 2, 1];
    addEvents(
      forge,
      days.map((age) => ({ id: `e${age}`, timestamp: Date.now() - age * DAY })),
    );
    expect(items(await forge.json(["gc", "--dry-run", "--only", "events"]))).toEqual({ events: 2 });
    expect(items(await forge.json(["gc", "--loop", "a"]))).toEqual({});
    forge.config("event_retention:", "  archive_before_delete: true", "  max_count: 2", "  batch_size: 1");
    expect(items(await forge.json(["gc"]))).toEqual({ events: 3 });
    expect(forge.ids("events")).toEqual(["e2", "e1"]);
    const archived = readdirSync(forge.path("archives")).toSorted();
    expect(archived).toHaveLength(3);
    expect(archived[0]).toMatch(/^events_\d{4}-\d\d-\d\d\.jsonl$/);
    const line = JSON.parse(readFileSync(forge.path("archives", archived[0] ?? ""), "utf8"));
    expect(line).toMatchObject({ id: "e40", type: "warning" });
    forge.config("event_retention:", "  enabled: false");
    expect(items(await forge.json(["gc", "--older-than", "1s"]))).toEqual({});
  });

  test("what loops that are gone have left goes, unless it is new or lives", async () => {
    await using forge = new GcSandbox();
    const loop = forge.loop("here");
    forge.file(["logs/loops/here.log"], 9);
    const gone = { id: "gone" as Loop["id"] };
    forge.addRun(gone, "r-old", { days: 9 });
    forge.addRun(gone, "r-lives", { days: 9, phase: "spawned" });
    forge.addRun(loop, "r-here", { days: 9 });
    const left = [
      forge.file(["prompts/gone/run-1.md"], 9),
      forge.file(["runners/gone.lock"], 9),
      forge.file(["runners/gone.env"], 9),
      forge.file(["logs/loops/gone.log"], 9),
      forge.file(["logs/loops/gone.log.1"], 9),
      forge.path("runs/unknown"),
    ];
    forge.file(["runs/unknown/output"], 9);
    for (const folder of ["runs/unknown", "prompts/gone"]) forge.age(forge.path(folder), 9);
    const kept = [
      forge.file(["runners", `${loop.id}.env`], 9),
      forge.file(["runners/just-made.env"], 0),
      forge.file(["logs/loops/notes.txt"], 9),
      forge.path("runs/r-lives"),
      forge.path("runs/r-here"),
      forge.path("logs/loops/here.log"),
    ];
    const alive = Bun.spawn(["sleep", "1000"], {
      env: { ...forge.env, FORGE_RUN_ID: "r-lives" },
      stdio: ["ignore", "ignore", "ignore"],
    });
    const words = ["gc", "--only", "orphans"];
    const dry = items(await forge.json([...words, "--dry-run"]));
    expect(items(await forge.json(words))).toEqual(dry);
    expect(left.filter((path) => existsSync(path))).toEqual([]);
    expect(kept.filter((path) => !existsSync(path))).toEqual([]);
    expect(forge.ids("fx_runs", "run_id")).toEqual(["r-lives", "r-here"]);
    expect(alive.exitCode).toBe(null);
    expect(items(await forge.json(words))).toEqual({});
  });

  test("--vacuum gives space back", async () => {
    await using forge = new GcSandbox();
    forge.loop("a");
    forge.sql("CREATE TABLE fx_scratch (text)");
    forge.sql("INSERT INTO fx_scratch SELECT hex(randomblob(500000))");
    forge.sql("DROP TABLE fx_scratch");
    const { items: done, bytes } = await forge.json(["gc", "--vacuum"]);
    expect(done).toEqual([{ what: "vacuum", removed: 0, bytes: expect.any(Number) }]);
    expect(bytes).toBeGreaterThan(500_000);
    expect(await forge.must(["ps"])).toContain("a");
  });

  test("what is refused", async () => {
    await using forge = new GcSandbox();
    const refused: [words: string[], message: string][] = [
      [["--only", "logs,zz"], 'invalid --only value: "zz" (use logs, runs, events, prompts, queue, orphans)'],
      [["--older-than", "soon"], 'invalid --older-than value: invalid time format: "soon"'],
      [["--loop", "zz"], "loop 'zz' not found (no loops registered yet)"],
    ];
    for (const [words, message] of refused) {
      const { code, stderr } = await forge.run(["gc", ...words]);
      expect([words, code, stderr.startsWith(message)]).toEqual([words, 1, true]);
    }
  });
});
