import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { message, pauseOrder, stopOrder, VerbsSandbox } from "./verbs-sandbox.ts";

describe("20 section 11: forge queue", () => {
  test("ls shows what waits in order, --all also what is done, and ignores --quiet", async () => {
    await using forge = new VerbsSandbox();
    const { id } = forge.loop("alpha");
    const [first, second] = forge.queue(id, message("one"), stopOrder);
    forge.sql("UPDATE loop_queue_items SET status = 'completed' WHERE id = ?", first?.id ?? "");
    const lines = (await forge.must(["queue", "ls", "alpha", "--quiet"])).split("\n");
    expect(lines[0]).toMatch(/^ID {36}TYPE {11}STATUS {3}POSITION {2}CREATED$/);
    expect(lines.slice(1)).toEqual([
      `${second?.id}  stop_graceful  pending  2         2026-01-01T00:00:01Z`,
      "",
    ]);
    expect((await forge.must(["queue", "ls", "alpha", "--all"])).split("\n").length).toBe(4);
    expect(await forge.must(["queue", "ls", "alpha", "--jsonl", "--all"])).toMatch(/^\{.*\}\n\{.*\}\n$/);
    expect((await forge.json(["queue", "ls", "alpha"]))[0]).toEqual({
      id: second?.id,
      loop_id: id,
      type: "stop_graceful",
      position: 2,
      status: "pending",
      attempts: 0,
      payload: { reason: "operator" },
      created_at: "2026-01-01T00:00:01Z",
    });
  });

  test("an empty queue is a sentence, an empty list, and nothing", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    expect(await forge.must(["queue", "ls", "alpha"])).toBe("No queue items\n");
    expect(await forge.must(["queue", "ls", "alpha", "--json"])).toBe("[]\n");
    expect(await forge.must(["queue", "ls", "alpha", "--jsonl"])).toBe("");
  });

  test("clear deletes what waits and nothing else", async () => {
    await using forge = new VerbsSandbox();
    const { id } = forge.loop("alpha");
    const [first] = forge.queue(id, message("one"), message("two"), pauseOrder);
    forge.sql("UPDATE loop_queue_items SET status = 'completed' WHERE id = ?", first?.id ?? "");
    expect(await forge.must(["queue", "clear", "alpha"])).toBe("Cleared 2 item(s)\n");
    expect(forge.items(id)).toEqual(["message_append completed"]);
    expect(await forge.json(["queue", "clear", "alpha"])).toEqual({ cleared: 0 });
    expect(await forge.must(["queue", "clear", "alpha", "--quiet"])).toBe("");
  });

  test("rm deletes an item in any status, but only of the loop that is named", async () => {
    await using forge = new VerbsSandbox();
    const { id } = forge.loop("alpha");
    forge.loop("bravo");
    const [first, second] = forge.queue(id, message("one"), message("two"));
    forge.sql("UPDATE loop_queue_items SET status = 'completed' WHERE id = ?", first?.id ?? "");
    expect(await forge.run(["queue", "rm", "bravo", first?.id ?? ""])).toMatchObject({
      code: 1,
      stderr: "queue item not found in loop\n",
    });
    expect(await forge.must(["queue", "rm", "alpha", first?.id ?? ""])).toBe(`Removed item ${first?.id}\n`);
    const answer = await forge.json(["queue", "rm", "alpha", second?.id ?? ""]);
    expect(answer).toEqual({ removed: second?.id, loop: "alpha" });
    expect(forge.items(id)).toEqual([]);
  });

  test("move puts an item before or behind all others and numbers what waits from 1", async () => {
    await using forge = new VerbsSandbox();
    const { id } = forge.loop("alpha");
    const [done, first, second, third] = forge.queue(
      id,
      message("0"),
      message("1"),
      message("2"),
      message("3"),
    );
    forge.sql("UPDATE loop_queue_items SET status = 'completed' WHERE id = ?", done?.id ?? "");
    const order = async () =>
      (await forge.json(["queue", "ls", "alpha"])).map((item: { id: string; position: number }) => [
        item.id,
        item.position,
      ]);
    expect(await forge.must(["queue", "move", "alpha", third?.id ?? ""])).toBe(
      `Moved item ${third?.id} to front\n`,
    );
    expect(await order()).toEqual([
      [third?.id, 1],
      [first?.id, 2],
      [second?.id, 3],
    ]);
    const answer = await forge.json(["queue", "move", "alpha", third?.id ?? "", "--to", "BACK"]);
    expect(answer).toEqual({ moved: third?.id, to: "back" });
    expect(await order()).toEqual([
      [first?.id, 1],
      [second?.id, 2],
      [third?.id, 3],
    ]);
    expect(await forge.run(["queue", "move", "alpha", done?.id ?? ""])).toMatchObject({
      code: 1,
      stderr: "queue item not found\n",
    });
  });

  test("forge loop queue is the same", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    expect(await forge.must(["loop", "queue", "ls", "alpha"])).toBe("No queue items\n");
  });
});

describe("20 section 10: forge msg", () => {
  const payloads = async (forge: VerbsSandbox, loop: string) =>
    (await forge.json(["queue", "ls", loop])).map((item: { type: string; payload: unknown }) => [
      item.type,
      item.payload,
    ]);

  test("the first word is the loop, the others are the message, as they stand", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    expect(await forge.must(["msg", "alpha", "do", "this  now", "--", "--dash"])).toBe(
      "Queued message for 1 loop(s)\n",
    );
    expect(await payloads(forge, "alpha")).toEqual([["message_append", { text: "do this  now --dash" }]]);
    expect(await forge.json(["msg", "alpha", "x"])).toEqual({ loops: 1, queued: true });
    expect(await forge.run(["msg", "alpha", "x", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("with a selector all words are the message", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha", { tags: ["x"] });
    forge.loop("bravo", { tags: ["x", "y"] });
    forge.loop("gamma");
    expect(await forge.must(["msg", "--tag", "x", "alpha", "rules"])).toBe("Queued message for 2 loop(s)\n");
    expect(await payloads(forge, "bravo")).toEqual([["message_append", { text: "alpha rules" }]]);
    expect(await payloads(forge, "gamma")).toEqual([]);
    expect(await forge.json(["msg", "--all", "hi"])).toEqual({ loops: 3, queued: true });
  });

  test("--now sends a steer message", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    await forge.must(["msg", "alpha", "--now", "stop that"]);
    expect(await payloads(forge, "alpha")).toEqual([["steer_message", { message: "stop that" }]]);
  });

  test("--next-prompt is queued before the message, by its absolute path in the loop's repository", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    const path = join(forge.repo, "other.md");
    writeFileSync(path, "other");
    await forge.must(["msg", "alpha", "--next-prompt", "other.md", "--now"], { cwd: forge.home });
    await forge.must(["msg", "alpha", "and", "this", "--next-prompt", "other.md"]);
    const override = ["next_prompt_override", { prompt: path, is_path: true }];
    expect(await payloads(forge, "alpha")).toEqual([
      override,
      ["steer_message", { message: "Operator interrupt" }],
      override,
      ["message_append", { text: "and this" }],
    ]);
  });

  test("a prompt that one of the loops does not have keeps the message from all", async () => {
    await using forge = new VerbsSandbox();
    const alpha = forge.loop("alpha");
    const bravo = forge.loop("bravo", { repoPath: forge.home });
    writeFileSync(join(forge.repo, "other.md"), "other");
    const result = await forge.run(["msg", "--all", "hi", "--next-prompt", "other.md"]);
    expect(result).toEqual({ code: 1, stdout: "", stderr: "prompt not found: other.md\n" });
    expect([forge.items(alpha.id), forge.items(bravo.id)]).toEqual([[], []]);
  });

  test("a single - reads the message from standard input, whatever its lines", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    await forge.must(["msg", "alpha", "-"], { stdin: "line 1\nline 2 \u00e9\n" });
    expect(await payloads(forge, "alpha")).toEqual([["message_append", { text: "line 1\nline 2 \u00e9\n" }]]);
    const empty = await forge.run(["msg", "alpha", "-"], { stdin: "\n" });
    expect(empty).toMatchObject({ code: 1, stderr: "message text required\n" });
  });

  test("a person is told that nobody reads the message yet; a script is not", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    await using terminal = forge.terminal(["msg", "alpha", "hi"]);
    expect(await terminal.ends()).toBe(0);
    await terminal.shows('note: loop "alpha" is stopped; what was queued waits for: forge resume alpha');
    expect((await forge.run(["msg", "alpha", "hi"])).stderr).toBe("");
  });

  test("20 at the same time lose nothing and share no position", async () => {
    await using forge = new VerbsSandbox();
    forge.loop("alpha");
    const texts = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    await Promise.all(texts.map((text) => forge.must(["msg", "alpha", text])));
    const items: { position: number; payload: { text: string } }[] = await forge.json([
      "queue",
      "ls",
      "alpha",
    ]);
    expect(items.map(({ position }) => position)).toEqual(texts.map((_, index) => index + 1));
    expect(items.map(({ payload }) => payload.text).sort()).toEqual(texts.sort());
  });
});
