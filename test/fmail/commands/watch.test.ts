import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { waitFor } from "../../support/wait-for.ts";
import { bodies, MailSandbox } from "./mail-sandbox.ts";

/** Starts a watcher and waits until it listens. */
async function watching(mail: MailSandbox, ...words: string[]) {
  const child = mail.start("alice", ["watch", ...words]);
  const listens = () => Bun.spawnSync(["ls", "-l", `/proc/${child.pid}/fd`]).stdout.includes("inotify");
  await waitFor(() => existsSync(mail.store) && listens(), { what: "the watcher to listen" });
  // The last of its folders is watched within the same step.
  await Bun.sleep(30);
  const ended = async () => ({
    code: await child.exited,
    stdout: await child.stdout.text(),
    stderr: await child.stderr.text(),
  });
  return { child, ended };
}

describe("fmail watch (50 section 7.3)", () => {
  test("starts before the first sender, prints what arrives in all topics, and ends with 0 at its count", async () => {
    await using mail = new MailSandbox();
    const watcher = await watching(mail, "--count", "2");
    await mail.send("bob", "@alice", "direct");
    await mail.send("bob", "task", "one");
    await mail.send("bob", "build", "two");
    const { code, stdout, stderr } = await watcher.ended();
    expect({ code, stderr, bodies: bodies(stdout) }).toEqual({ code: 0, stderr: "", bodies: ["one", "two"] });
  });

  test("of one target shows only that, as JSON lines if asked", async () => {
    await using mail = new MailSandbox();
    await mail.send("bob", "@alice", "before");
    const watcher = await watching(mail, "@alice", "-c1", "--json");
    await mail.send("bob", "task", "elsewhere");
    await mail.send("bob", "@alice", "now");
    const { stdout } = await watcher.ended();
    expect(JSON.parse(stdout)).toMatchObject({ to: "@alice", body: "now" });
  });

  test("prints a message at once, not at the end", async () => {
    await using mail = new MailSandbox();
    const { child } = await watching(mail);
    const reader = child.stdout.getReader();
    await mail.send("bob", "task", "flushed");
    expect(new TextDecoder().decode((await reader.read()).value)).toEndWith(" bob -> task: flushed\n");
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
  });

  test("ends in time with 0, or with 3 when --fail-on-timeout asks and the count is not reached", async () => {
    await using mail = new MailSandbox();
    for (const [words, code] of [
      [["--timeout", "200ms"], 0],
      [["--timeout", "200ms", "--fail-on-timeout"], 3],
      [["--timeout", "200ms", "--count", "1", "--fail-on-timeout"], 3],
    ] as const) {
      const started = performance.now();
      const answer = await mail.as("alice", ["watch", ...words]);
      expect(answer).toEqual({ code, stdout: "", stderr: "" });
      expect(performance.now() - started).toBeGreaterThan(190);
      expect(performance.now() - started).toBeLessThan(10_000);
    }
  });

  test("--fail-on-timeout with a message but no count is content", async () => {
    await using mail = new MailSandbox();
    await mail.send("bob", "task", "there");
    const { code, stdout } = await mail.as("alice", [
      "watch",
      "--since",
      "1h",
      "--timeout",
      "200ms",
      "--fail-on-timeout",
    ]);
    expect({ code, bodies: bodies(stdout) }).toEqual({ code: 0, bodies: ["there"] });
  });

  test("--since an id or a time prints the backlog first, without a gap", async () => {
    await using mail = new MailSandbox();
    const first = await mail.send("bob", "task", "1");
    await mail.send("bob", "task", "2");
    await mail.send("bob", "task", "3");
    const since = async (text: string) =>
      bodies(await mail.said("alice", "watch", "task", "--since", text, "--timeout", "100ms"));
    expect(await since(first)).toEqual(["2", "3"]);
    expect(await since("1h")).toEqual(["1", "2", "3"]);
    expect(bodies(await mail.said("alice", "watch", "--since", first, "--count", "1"))).toEqual(["2"]);
    const wrong = await mail.as("alice", ["watch", "--since", "soon"]);
    expect({ code: wrong.code, stderr: wrong.stderr.split("\n")[0] }).toEqual({
      code: 2,
      stderr: "Error: invalid --since value: use duration like '1h' or timestamp like '2024-01-15T10:30:00Z'",
    });
  });

  test("--since loses and doubles nothing while others send", async () => {
    await using mail = new MailSandbox();
    const first = await mail.send("bob", "task", "0");
    const script = "for i in $(seq 1 60); do fmail send task $i >/dev/null; done";
    const sending = mail.program(["sh", "-c", script], { env: { FMAIL_AGENT: "bob" } });
    const watchers = Array.from({ length: 4 }, async (_, index) => {
      await Bun.sleep(index * 60);
      return bodies(await mail.said(`w${index}`, "watch", "task", "--since", first, "--count", "60"));
    });
    const numbers = Array.from({ length: 60 }, (_, index) => `${index + 1}`);
    for (const seen of await Promise.all(watchers)) expect(seen).toEqual(numbers);
    await sending;
  });

  test("--dms adds direct messages to me", async () => {
    await using mail = new MailSandbox();
    const watcher = await watching(mail, "--dms", "--count", "2");
    await mail.send("bob", "@eve", "not for me");
    await mail.send("bob", "@alice", "for me");
    await mail.send("bob", "task", "for all");
    expect(bodies((await watcher.ended()).stdout)).toEqual(["for me", "for all"]);
  });

  test("keeps a known agent active, and makes no record for an unknown one", async () => {
    await using mail = new MailSandbox();
    mail.put(
      "agents/alice.json",
      '{"name":"alice","first_seen":"2020-01-01T00:00:00Z","last_seen":"2020-01-01T00:00:00Z"}',
    );
    await mail.said("alice", "watch", "--timeout", "100ms");
    await mail.said("nobody", "watch", "--timeout", "100ms");
    expect(mail.files()).toEqual(["agents/alice.json"]);
    expect(await mail.said("bob", "who")).toMatch(/^alice +active/m);
  });

  test("is idle when nothing happens", async () => {
    await using mail = new MailSandbox();
    for (let topic = 0; topic < 100; topic++) mail.putMessage(`topics/t${topic}`, "20260110-153000-0001");
    const { child } = await watching(mail);
    await Bun.sleep(300);
    const before = cpuSeconds(child.pid);
    await Bun.sleep(2_000);
    expect(cpuSeconds(child.pid) - before).toBeLessThan(0.06);
  });
});

/** User and system time of a process so far. Linux: fields 14 and 15 of its stat, in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
