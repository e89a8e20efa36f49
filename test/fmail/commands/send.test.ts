import { describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ID, lines, MailSandbox } from "./mail-sandbox.ts";

describe("fmail send (50 section 7.1)", () => {
  test("prints the id alone, and makes the project, the record and the message", async () => {
    await using mail = new MailSandbox();
    const id = await mail.send("alice", "task", "implement auth");
    expect(id).toMatch(ID);
    expect(mail.files()).toEqual(["agents/alice.json", "project.json", `topics/task/${id}.json`]);
  });

  test("with --json prints the stored message, byte for byte", async () => {
    await using mail = new MailSandbox();
    const said = await mail.said(
      "alice",
      "send",
      "@Bob",
      "hi bob",
      "-p",
      "HIGH",
      "-t",
      "Urgent,auth",
      "-t",
      "auth",
      "--json",
    );
    const { id } = JSON.parse(said);
    expect(said).toBe(`${mail.text(`dm/bob/${id}.json`)}\n`);
    expect(JSON.parse(said)).toMatchObject({
      from: "alice",
      to: "@bob",
      body: "hi bob",
      priority: "high",
      tags: ["urgent", "auth"],
    });
    expect(Object.keys(JSON.parse(said))).toEqual([
      "id",
      "from",
      "to",
      "time",
      "body",
      "priority",
      "host",
      "tags",
    ]);
  });

  test("stores a priority only when it is given, and a blank one as normal", async () => {
    await using mail = new MailSandbox();
    const stored = async (...flags: string[]) =>
      JSON.parse(await mail.said("alice", "send", "task", "x", "--json", ...flags)).priority;
    expect([await stored(), await stored("-p", ""), await stored("--priority=normal")]).toEqual([
      undefined,
      "normal",
      "normal",
    ]);
  });

  test("takes the body from a file, an argument or a pipe, and keeps text as it is", async () => {
    await using mail = new MailSandbox();
    writeFileSync(join(mail.repo, "body.md"), "# Title\n\ntext \n");
    const body = async (words: string[], stdin?: string) => {
      const { stdout, stderr } = await mail.as("alice", ["send", "task", "--json", ...words], { stdin });
      expect(stderr).toBe("");
      return JSON.parse(stdout).body;
    };
    expect(await body(["-f", "body.md"])).toBe("# Title\n\ntext \n");
    expect(await body(["-f", "body.md", " "])).toBe("# Title\n\ntext \n");
    expect(await body([], '{"b":1,"a":[]}\n')).toEqual({ a: [], b: 1 });
    expect(await body(["from the argument"], "not from the pipe")).toBe("from the argument");
    expect(await body([""], "from the pipe\n")).toBe("from the pipe\n");
    expect(await body(["--", "--dashes"])).toBe("--dashes");
  });

  test("does not wait for a terminal", async () => {
    await using mail = new MailSandbox();
    await using shell = mail.terminalOf(["fmail", "send", "task"]);
    await shell.shows("Error: message body is required");
    expect(await shell.ends()).toBe(2);
  });

  test("--reply-to takes an id, the end of one, or any text, and warns of what it does not know", async () => {
    await using mail = new MailSandbox();
    const id = await mail.send("alice", "task", "question");
    const reference = async (text: string) => {
      const { stdout, stderr } = await mail.as("bob", ["send", "task", "answer", "-r", text, "--json"]);
      return [JSON.parse(stdout).reply_to, stderr];
    };
    expect(await reference(id)).toEqual([id, ""]);
    expect(await reference(id.slice(-11))).toEqual([id, ""]);
    expect(await reference(" 20200101-000000-0001 ")).toEqual([
      "20200101-000000-0001",
      "Warning: no message with id 20200101-000000-0001\n",
    ]);
    expect(await reference("JIRA-7")).toEqual(["JIRA-7", "Warning: no message with id JIRA-7\n"]);
    expect(await reference("../../x")).toEqual(["../../x", "Warning: no message with id ../../x\n"]);
    expect(await reference(" ")).toEqual([undefined, ""]);
  });

  test("works in a worktree of git with the mailbox of the main checkout", async () => {
    await using mail = new MailSandbox();
    const git = (...words: string[]) =>
      mail.program(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", ...words]);
    await git("init", "-q");
    await git("commit", "-q", "--allow-empty", "-m", "first");
    await git("worktree", "add", "-q", "../tree");
    const { stdout } = await mail.as("alice", ["send", "task", "from the worktree"], {
      cwd: join(mail.repo, "../tree"),
    });
    expect(mail.files()).toContain(`topics/task/${stdout.trim()}.json`);
  });

  test("--wait prints the first answer; the id goes to standard error", async () => {
    await using mail = new MailSandbox();
    const asking = mail.start("alice", ["send", "@bob", "Redis?", "--wait=20s"]);
    const question = (await firstLine(asking.stderr)).trim();
    await mail.send("bob", "@alice", "something else");
    await mail.said("bob", "reply", question, "Postgres");
    expect(await asking.exited).toBe(0);
    expect(await asking.stdout.text()).toEndWith(" bob -> @alice: Postgres\n");
  });

  test("--wait ends with 3 when no answer comes, and --wait alone takes no word for its time", async () => {
    await using mail = new MailSandbox();
    const { code, stdout, stderr } = await mail.as("alice", ["send", "task", "anyone?", "--wait=100ms"]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr.trim()).toMatch(ID);
    expect((await mail.as("alice", ["send", "task", "--wait", "a", "b"])).stderr).toStartWith(
      "Error: expected 1-2 args, got 3",
    );
  });
});

describe("fmail reply (50 section 7.12)", () => {
  test("answers in the topic, or to the sender of a direct message", async () => {
    await using mail = new MailSandbox();
    const inTopic = await mail.send("alice", "task", "in the topic");
    const direct = await mail.send("alice", "@bob", "to bob");
    const answer = async (agent: string, id: string) =>
      JSON.parse(await mail.said(agent, "reply", id, "yes", "--json", "-t", "ok"));
    expect(await answer("bob", inTopic)).toMatchObject({ to: "task", reply_to: inTopic, tags: ["ok"] });
    expect(await answer("bob", direct)).toMatchObject({ to: "@alice", reply_to: direct });
    expect(await answer("alice", direct)).toMatchObject({ to: "@bob", reply_to: direct });
  });

  test("takes the end of an id when only one ends so, and names all that do", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("topics/task", "20260110-153000-0042");
    mail.putMessage("topics/task", "20260110-153000-0007");
    mail.putMessage("topics/task", "20260110-153001-0007");
    expect(JSON.parse(await mail.said("alice", "reply", "0042", "x", "--json")).reply_to).toBe(
      "20260110-153000-0042",
    );
    const { code, stderr } = await mail.as("alice", ["reply", "0007", "x"]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "Error: message '0007' is ambiguous; matches: 20260110-153000-0007, 20260110-153001-0007\n",
    });
  });

  test("of an id in several boxes means the one that the caller can be a party of, then the newest", async () => {
    await using mail = new MailSandbox();
    const id = "20260110-153000-0001";
    mail.putMessage("dm/eve", id, { from: "mallory", time: "2026-01-10T15:30:09Z" });
    mail.putMessage("dm/alice", id, { from: "carol", time: "2026-01-10T15:30:01Z" });
    expect(JSON.parse(await mail.said("alice", "reply", id, "x", "--json")).to).toBe("@carol");
    mail.putMessage("topics/task", id, { time: "2026-01-10T15:30:05Z" });
    expect(JSON.parse(await mail.said("alice", "reply", id, "x", "--json")).to).toBe("task");
  });

  test("to a message whose sender is no agent name says so", async () => {
    await using mail = new MailSandbox();
    mail.putMessage("dm/alice", "20260110-153000-0001", { from: "../evil" });
    expect((await mail.as("alice", ["reply", "0001", "x"])).stderr).toBe("Error: invalid agent name\n");
  });
});

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const chunk of stream) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  return lines(text)[0] ?? "";
}
