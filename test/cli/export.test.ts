import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { addEvents } from "../support/events.ts";
import { Forge } from "../support/forge.ts";
import { addLoop } from "../support/loops.ts";
import { addWorkspace } from "../support/places.ts";
import { RunningForge } from "../support/running-forge.ts";

describe("30 section 13: forge export status", () => {
  test("counts for people, records for programs", async () => {
    await using forge = new Forge();
    addWorkspace(forge, { id: "w-1", name: "web", agents: ["agent-01", "agent-02"] });
    addLoop(forge, { name: "alpha" });
    await forge.must(["template", "run", "commit", "--agent", "agent-01"]);
    expect(await forge.must(["export", "status"])).toBe(
      [
        "Nodes:        1",
        "Workspaces:   1",
        "Agents:       2",
        "Queue items:  1",
        "Alerts:       0",
        "Loops:        1",
        "Use --json or --jsonl for full export output.",
        "",
      ].join("\n"),
    );
    const all = JSON.parse(await forge.must(["export", "status", "--json"]));
    expect(Object.keys(all)).toEqual(["nodes", "workspaces", "agents", "queues", "alerts", "loops"]);
    expect(all).toMatchObject({
      nodes: [{ id: "node-1", name: "local", agent_count: 2 }],
      workspaces: [{ id: "w-1", name: "web", agent_count: 2, agent_stats: { working: 2 } }],
      agents: [
        { id: "agent-01", queue_length: 1, state: "starting" },
        { id: "agent-02", queue_length: 0 },
      ],
      queues: [{ agent_id: "agent-01", type: "message", position: 1, status: "pending" }],
      alerts: [],
      loops: [{ name: "alpha" }],
    });
  });

  test("a fresh machine has lists, not null, and is left as it is", async () => {
    await using forge = new Forge();
    expect(await forge.must(["export", "status", "--jsonl"])).toBe(
      '{"nodes":[],"workspaces":[],"agents":[],"queues":[],"alerts":[],"loops":[]}\n',
    );
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("a bare forge export prints its help", async () => {
    await using forge = new Forge();
    expect(await forge.must(["export"])).toContain("events");
  });
});

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `e${String(index).padStart(5, "0")}`,
    timestamp: Date.UTC(2026, 0, 2) + index * 1000,
    type: index % 2 === 0 ? "even" : "odd",
    entityType: index % 10 === 0 ? "agent" : "system",
    entityId: index % 10 === 0 ? "a1" : "s",
  }));

const idsOf = (lines: string): string[] =>
  lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).id);

describe("30 section 13: forge export events", () => {
  test("all pages come out, in both JSON forms, and are counted for people", async () => {
    await using forge = new Forge();
    addEvents(forge, many(1203));
    expect(await forge.must(["export", "events"])).toBe(
      "Events:  1203\nUse --json or --jsonl for full export output.\n",
    );
    const ids = many(1203).map(({ id }) => id);
    const json = await forge.must(["export", "events", "--json"]);
    expect(JSON.parse(json).map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(json).toBe(`${JSON.stringify(JSON.parse(json), null, 2)}\n`);
    expect(idsOf(await forge.must(["export", "events", "--jsonl"]))).toEqual(ids);
    const some = ["export", "events", "--type", "odd,zz", "--until", "2026-01-02T00:00:06Z"];
    expect(await forge.must(some)).toStartWith("Events:  3\n");
    expect(idsOf(await forge.must([...some, "--jsonl"]))).toEqual(["e00001", "e00003", "e00005"]);
    expect(await forge.must(["export", "events", "--agent", "a1"])).toStartWith("Events:  121\n");
  });

  test("no events are an empty list, no lines, and no database", async () => {
    await using forge = new Forge();
    expect(await forge.must(["export", "events", "--json"])).toBe("[]\n");
    expect(await forge.must(["export", "events", "--jsonl"])).toBe("");
    expect(await forge.must(["export", "events"])).toStartWith("Events:  0\n");
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  const refused: [row: string, words: string[], message: string][] = [
    ["edge case: --watch without --jsonl", ["--watch"], "--watch requires --jsonl output format"],
    ["--watch with --json", ["--watch", "--json"], "--watch requires --jsonl output format"],
    ["--watch with --until", ["--watch", "--jsonl", "--until", "1h"], "--until cannot be used with --watch"],
    ["the wrong order", ["--since", "1h", "--until", "2h"], "--since must be before --until"],
  ];
  test.each(refused)("%s is refused", async (_row, words, message) => {
    await using forge = new Forge();
    const { code, stdout, stderr } = await forge.run(["export", "events", ...words]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(message);
  });
});

const WATCH = ["export", "events", "--watch", "--jsonl"];

describe("30 section 13: forge export events --watch", () => {
  test("what is stored is replayed from --since, and what follows is shown as it comes", async () => {
    await using forge = new Forge();
    addEvents(forge, [{ id: "old", timestamp: 0 }, { id: "seen" }, { id: "odd", type: "odd" }]);
    await using watch = new RunningForge(forge, [...WATCH, "--since", "1h", "--type", "warning"]);
    expect(idsOf((await watch.prints(1)).join("\n"))).toEqual(["seen"]);
    addEvents(forge, [{ id: "next", timestamp: 1000 }, { id: "other", type: "odd" }, { id: "last" }]);
    expect(idsOf((await watch.prints(3)).join("\n"))).toEqual(["seen", "next", "last"]);
    expect(await watch.ends("SIGINT")).toBe(0);
  });

  test("without --since it begins with what comes; on a fresh machine too", async () => {
    await using forge = new Forge();
    await using watch = new RunningForge(forge, WATCH);
    await Bun.sleep(100); // it has to see that there is no database
    expect(existsSync(forge.dataDir)).toBe(false);
    addLoop(forge, { name: "alpha" });
    // It may open the database a moment later: events are added until one is shown.
    let count = 0;
    const adding = setInterval(() => addEvents(forge, [{ id: `n${count++}` }]), 50);
    try {
      await watch.prints(1);
    } finally {
      clearInterval(adding);
    }
    expect(await watch.ends("SIGTERM")).toBe(0);
  });
});
