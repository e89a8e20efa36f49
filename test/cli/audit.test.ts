import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { addEvents } from "../support/events.ts";
import { Forge } from "../support/forge.ts";

const at = (minute: number) => Date.UTC(2026, 0, 2, 3, minute);

/** Five events a minute apart, e0 to e4, and one of now. */
function withEvents(): Forge {
  const forge = new Forge();
  addEvents(forge, [
    { id: "e0", timestamp: at(0), type: "agent.spawned", entityType: "agent", entityId: "a1" },
    { id: "e1", timestamp: at(1), type: "error", entityId: "s1", payloadJson: '{"code":7}' },
    {
      id: "e2",
      timestamp: at(2),
      type: "agent.paused",
      entityType: "agent",
      entityId: "a2",
      payloadJson: "no json",
    },
    { id: "e3", timestamp: at(3), type: "warning", entityId: "s1", metadata: { kind: "loop" } },
    { id: "e4", timestamp: at(3), type: "error", entityId: "\u001b[2J" },
    { id: "now" },
  ]);
  return forge;
}

describe("30 section 12: forge audit", () => {
  test("the table has what happened in order, and where to go on", async () => {
    await using forge = withEvents();
    expect(await forge.must(["audit", "--limit", "2"])).toBe(
      [
        "TIME                 TYPE           ENTITY  ID",
        "2026-01-02 03:00:00  agent.spawned  agent   a1",
        "2026-01-02 03:01:00  error          system  s1",
        "",
        "Next cursor: e1",
        "",
      ].join("\n"),
    );
    expect(await forge.must(["audit", "--until", "2026-01-03"])).toContain("system  \\x1b[2J\n");
    expect(await forge.must(["audit"])).not.toContain("Next cursor");
  });

  test("JSON has the events with their payloads as values", async () => {
    await using forge = withEvents();
    const events = JSON.parse(await forge.must(["audit", "--until", "2026-01-03", "--json"]));
    expect(events.slice(1, 4)).toEqual([
      {
        id: "e1",
        timestamp: "2026-01-02T03:01:00Z",
        type: "error",
        entity_type: "system",
        entity_id: "s1",
        payload: { code: 7 },
      },
      {
        id: "e2",
        timestamp: "2026-01-02T03:02:00Z",
        type: "agent.paused",
        entity_type: "agent",
        entity_id: "a2",
        payload: "no json",
      },
      {
        id: "e3",
        timestamp: "2026-01-02T03:03:00Z",
        type: "warning",
        entity_type: "system",
        entity_id: "s1",
        metadata: { kind: "loop" },
      },
    ]);
  });

  const filters: [row: string, words: string[], ids: string[]][] = [
    ["one type", ["--type", "error"], ["e1", "e4"]],
    ["several types", ["--type", "error,agent.paused", "--type", "warning"], ["e1", "e2", "e3", "e4", "now"]],
    ["--action", ["--action", " error ,"], ["e1", "e4"]],
    ["an entity type", ["--entity-type", "agent"], ["e0", "e2"]],
    ["an entity type that nobody knows", ["--entity-type", "zz"], []],
    ["an entity id", ["--entity-id", "s1"], ["e1", "e3"]],
    [
      "since is included, until is not",
      ["--since", "2026-01-02T03:01:00", "--until", "2026-01-02T03:03:00Z"],
      ["e1", "e2"],
    ],
    [
      "a fraction, which stored times do not have, and an offset",
      ["--since", "2026-01-02T04:02:00.5+01:00", "--until", "2026-01-02T03:03:00Z"],
      ["e2"],
    ],
    ["since a while ago", ["--since", "1h"], ["now"]],
    ["until days ago", ["--until", "1d", "--limit", "1"], ["e0"]],
    ["a cursor", ["--cursor", "e2", "--until", "2026-01-03"], ["e3", "e4"]],
    ["the limit counts after the filters", ["--type", "error", "--limit", "1", "--cursor", "e1"], ["e4"]],
    ["edge case: audit --limit -5 is 100", ["--limit", "-5", "--type", "error"], ["e1", "e4"]],
  ];
  test("filters", async () => {
    await using forge = withEvents();
    for (const [row, words, ids] of filters) {
      const events = JSON.parse(await forge.must(["audit", "--json", ...words]));
      expect([row, events.map(({ id }: { id: string }) => id)]).toEqual([row, ids]);
    }
  });

  test("nothing that matches, and nothing at all", async () => {
    await using forge = new Forge();
    const none = "TIME  TYPE  ENTITY  ID\nNo events matched the current filters.\n";
    expect(await forge.must(["audit"])).toBe(none);
    expect(await forge.must(["audit", "--json"])).toBe("[]\n");
    expect(await forge.must(["audit", "--jsonl"])).toBe("");
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  const time = `invalid time format: "soon" (use duration like '1h' or timestamp like '2024-01-15T10:30:00Z')`;
  const refused: [words: string[], message: string][] = [
    [["--type", "a", "--action", "b"], "use either --type or --action, not both"],
    [["--since", "soon"], `invalid --since value: ${time}`],
    [["--until", "soon"], `invalid --until value: ${time}`],
    [["--since", "1h", "--until", "2h"], "--since must be before --until"],
    [["--since", "now", "--until", "now"], "--since must be before --until"],
    [["--cursor", "zz"], "event not found: zz"],
  ];
  test.each(refused)("audit %p is refused: %s", async (words, message) => {
    await using forge = new Forge();
    expect(await forge.run(["audit", ...words])).toEqual({ code: 1, stdout: "", stderr: `${message}\n` });
  });
});
