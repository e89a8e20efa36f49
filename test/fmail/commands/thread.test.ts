import { describe, expect, test } from "bun:test";
import { bodies, lines, MailSandbox } from "./mail-sandbox.ts";

const id = (minute: number, number = 1): string =>
  `20260110-15${String(minute).padStart(2, "0")}00-${String(number).padStart(4, "0")}`;

describe("fmail thread and show (50 section 7.12)", () => {
  /** A question in a topic, its answers, and a direct message that goes on with one of them. */
  function conversation(): MailSandbox {
    const mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), { from: "alice", body: "who?" });
    mail.putMessage("topics/task", id(2), { from: "bob", body: "me", reply_to: id(1) });
    mail.putMessage("topics/task", id(3), { from: "carol", body: "two\nlines", reply_to: id(1) });
    mail.putMessage("dm/bob", id(4), { from: "alice", body: "thanks", reply_to: id(2) });
    mail.putMessage("topics/task", id(5), { from: "eve", body: "unrelated" });
    return mail;
  }

  test("a thread is the whole tree over all targets, whichever message is named", async () => {
    await using mail = conversation();
    const tree = [
      `${id(1)} alice -> task: who?`,
      `  ${id(2)} bob -> task: me`,
      `    ${id(4)} alice -> @bob: thanks`,
      `  ${id(3)} carol -> task: two`,
      "  lines",
    ];
    for (const minute of [1, 2, 3, 4])
      expect(lines(await mail.said("x", "thread", id(minute)))).toEqual(tree);
    expect(lines(await mail.said("x", "thread", id(5)))).toHaveLength(1);
    const json = lines(await mail.said("x", "thread", id(3), "--json")).map((line) => JSON.parse(line));
    expect(json.map(({ id: shown, depth }) => [shown, depth])).toEqual([
      [id(1), 0],
      [id(2), 1],
      [id(4), 2],
      [id(3), 1],
    ]);
  });

  test("a missing parent, an answer to itself and a circle of answers are no trouble", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), { body: "a", reply_to: id(9) });
    mail.putMessage("topics/task", id(2), { body: "b", reply_to: id(2) });
    mail.putMessage("topics/task", id(3), { body: "c", reply_to: id(4) });
    mail.putMessage("topics/task", id(4), { body: "d", reply_to: id(3) });
    mail.putMessage("topics/task", id(5), { body: "e", reply_to: "../../../etc/passwd" });
    for (const minute of [1, 2, 5]) expect(lines(await mail.said("x", "thread", id(minute)))).toHaveLength(1);
    for (const minute of [3, 4]) expect(lines(await mail.said("x", "thread", id(minute)))).toHaveLength(2);
  });

  test("where two boxes use one id, an answer belongs to the one that it can have meant", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), { from: "bob", body: "in the topic" });
    mail.putMessage("dm/alice", id(1), { from: "bob", body: "direct" });
    mail.putMessage("dm/bob", id(2), { from: "alice", body: "to the direct one", reply_to: id(1) });
    expect(bodies(await mail.said("alice", "thread", id(2)))).toEqual(["direct", "to the direct one"]);
  });

  test("show gives one message with all its fields", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("dm/alice", id(1), {
      body: { a: 1 },
      tags: ["x", "y"],
      reply_to: id(9),
      host: "vm",
      trace: 7,
    });
    expect(await mail.said("alice", "show", "0001")).toBe(`ID:        ${id(1)}
From:      bob
To:        @alice
Time:      2026-01-10T15:01:00Z
Reply to:  ${id(9)}
Priority:  normal
Host:      vm
Tags:      x, y
trace:     7
File:      dm/alice/${id(1)}.json

{"a":1}
`);
    expect(JSON.parse(await mail.said("alice", "show", id(1), "--json"))).toMatchObject({
      trace: 7,
      body: { a: 1 },
    });
  });
});
