import { describe, expect, test } from "bun:test";
import { lines, MailSandbox } from "./mail-sandbox.ts";

const id = (minute: number, number = 1): string =>
  `20260110-15${String(minute).padStart(2, "0")}00-${String(number).padStart(4, "0")}`;

describe("fmail search (50 sections 7.12 and 13.3)", () => {
  function library(): MailSandbox {
    const mail = new MailSandbox();
    mail.putMessage("topics/task", id(1), {
      from: "coder-1",
      body: "Deploy FAILED on staging",
      tags: ["ci"],
      priority: "high",
    });
    mail.putMessage("topics/build", id(2), {
      from: "coder-2",
      body: { step: "deploy", ok: true },
      reply_to: id(1),
    });
    mail.putMessage("dm/alice", id(3), { from: "bob", body: "deploy failed again" });
    mail.putMessage("dm/eve", id(4), { from: "bob", body: "see from:here http://x" });
    mail.put(
      "tui-state.json",
      JSON.stringify({ bookmarks: [{ message_id: id(2) }, 7], annotations: { [id(3)]: "!" } }),
    );
    return mail;
  }

  test.each([
    [["deploy"], [1, 2, 3]],
    [
      ["failed", "DEPLOY"],
      [1, 3],
    ],
    [['"deploy failed"'], [1, 3]],
    [['"failed on"'], [1]],
    [["text:step"], [2]],
    [["from:coder-*"], [1, 2]],
    [["from:@BOB"], [3, 4]],
    [["in:task"], [1]],
    [["in:*k"], [1]],
    [["to:@*"], [3, 4]],
    [["to:alice"], [3]],
    [["tag:ci"], [1]],
    [["priority:high"], [1]],
    [["priority:normal", "in:build"], [2]],
    [["has:reply"], [2]],
    [["has:bookmark"], [2]],
    [["has:annotation"], [3]],
    [["since:2026-01-10T15:03:00Z"], [3, 4]],
    [["until:2026-01-10T15:02:00Z"], [1]],
    [["since:1w"], []],
    [["since:1000w"], [1, 2, 3, 4]],
    [["http://x"], [4]],
    [["deploy", "-n", "1"], [3]],
    [["nowhere"], []],
  ])("%j finds %j", async (words, minutes) => {
    await using mail = library();
    const found = lines(await mail.said("alice", "search", ...words)).map((line) => line.split(" ")[0]);
    expect(found).toEqual(minutes.map((minute) => id(minute)));
  });

  test("is:unread knows what I have read, and leaves out what is not mine", async () => {
    await using mail = library();
    const unread = async () => lines(await mail.said("alice", "search", "is:unread")).length;
    expect(await unread()).toBe(3);
    await mail.said("alice", "inbox");
    expect(await unread()).toBe(2);
    await mail.said("alice", "inbox", "--topics", "task,build");
    expect(await unread()).toBe(0);
  });
});
