import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../../support/wait-for.ts";
import { bodies, lines, MailSandbox } from "./mail-sandbox.ts";

const SENDERS = 40;
/** All 2,000 of the issue in the soak tests: starting so many processes takes longer than the rest of this room. */
const EACH = process.env.SOAK === undefined ? 8 : 50;
const everything = ["messages", "-n", "0", "--json"];

interface Seen {
  readonly id: string;
  readonly from: string;
  readonly time: string;
  readonly body: unknown;
}

/** All messages of the store; fails when a single one is skipped as broken. */
const all = async (mail: MailSandbox): Promise<Seen[]> =>
  lines(await mail.said("reader", ...everything)).map((line) => JSON.parse(line));

/** A shell that sends a number of messages, one process each. */
const sender = (mail: MailSandbox, name: string, target: string, count: number) =>
  mail.program(
    ["sh", "-c", `i=1; while [ $i -le ${count} ]; do fmail send ${target} "$i" || exit 1; i=$((i+1)); done`],
    { env: { FMAIL_AGENT: name }, timeoutMs: 120_000 },
  );

test(`40 processes send ${EACH} messages each to one topic: so many files and ids, order by id is order by time, none torn`, async () => {
  await using mail = new MailSandbox();
  const answers = await Promise.all(
    Array.from({ length: SENDERS }, (_, index) => sender(mail, `s${index}`, "task", EACH)),
  );
  const printed = answers.map(({ code, stdout, stderr }) => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return lines(stdout);
  });
  expect(readdirSync(join(mail.store, "topics/task"))).toHaveLength(SENDERS * EACH);
  expect(new Set(printed.flat()).size).toBe(SENDERS * EACH);
  for (const ids of printed) expect(ids).toEqual(ids.toSorted());

  const seen = await all(mail);
  expect(seen.map(({ id }) => id)).toEqual(printed.flat().sort());
  expect(seen.map(({ time }) => time)).toEqual(seen.map(({ time }) => time).toSorted());
  for (let index = 0; index < SENDERS; index++) {
    const own = seen.filter(({ from }) => from === `s${index}`).map(({ body }) => body);
    expect(own).toEqual(Array.from({ length: EACH }, (_, number) => number + 1));
  }
}, 180_000);

test("ids stay distinct over topics and direct messages of many senders at once", async () => {
  await using mail = new MailSandbox();
  const targets = ["task", "build", "@bob", "@eve"];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => sender(mail, `s${index}`, `${targets[index % 4]}`, 3)),
  );
  const ids = (await all(mail)).map(({ id }) => id);
  expect(ids).toHaveLength(60);
  expect(new Set(ids).size).toBe(60);
}, 120_000);

test("senders are killed at random moments: no reader and no watcher ever sees a broken message", async () => {
  await using mail = new MailSandbox();
  const body = "x".repeat(50_000);
  const watcher = mail.start("watcher", ["watch", "task"]);
  const killed = new AbortController();
  const kill = async (name: string) => {
    while (!killed.signal.aborted) {
      const child = mail.start(name, ["send", "task", body]);
      await Bun.sleep(Math.random() * 12);
      child.kill("SIGKILL");
      await child.exited;
    }
  };
  const killers = Array.from({ length: 4 }, (_, index) => kill(`k${index}`));
  const survivor = sender(mail, "survivor", "task", 40);
  const readers = Array.from({ length: 2 }, async () => {
    for (let round = 0; round < 15; round++)
      for (const message of await all(mail)) expect(message.id).toBeTruthy();
  });
  await Promise.all([...readers, survivor]);
  killed.abort();
  await Promise.all(killers);

  expect((await survivor).code).toBe(0);
  const seen = await all(mail);
  expect(seen.filter(({ from }) => from === "survivor")).toHaveLength(40);
  for (const { from, body: read } of seen) if (from.startsWith("k")) expect(read).toBe(body);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  expect(await mail.send("later", "task", "goes on")).toBeTruthy();
  watcher.kill("SIGTERM");
  const [shown, warnings] = await Promise.all([watcher.stdout.text(), watcher.stderr.text()]);
  expect(warnings).toBe("");
  expect(lines(shown).length).toBeGreaterThanOrEqual(40);
}, 120_000);

test("a sender that is stopped in the middle holds up the others for a while only", async () => {
  await using mail = new MailSandbox();
  await mail.send("alice", "task", "first");
  const holder = mail.program(["flock", ".fmail/.last-id", "sleep", "60"]);
  await waitFor(() => mail.processes().length >= 2, { what: "the lock to be held" });
  const started = performance.now();
  expect(await mail.send("bob", "task", "second")).toBeTruthy();
  expect(performance.now() - started).toBeGreaterThan(1_000);
  expect(bodies(await mail.said("x", "log"))).toEqual(["first", "second"]);
  void holder;
}, 60_000);
