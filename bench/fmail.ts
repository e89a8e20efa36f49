// How long `fmail send` takes from a cold start, against an empty program on the same runtime and in a topic of 100 and of
// 100,000 messages; how long `fmail log -n 20` takes there, right after a message was sent; and how soon `fmail watch` prints
// what was sent. FMAIL_REF names another fmail executable to measure beside ours, on stores of its own.
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageId, secondOf } from "../src/mail/rules/message-id.ts";
import { Forge, forgeExecutable } from "../test/support/forge.ts";
import { compileEmptyProgram } from "./support/empty-program.ts";
import { type Contestant, interleavedMinima } from "./support/interleaved.ts";
import { rounds, smoke } from "./support/mode.ts";
import { bar, figure, milliseconds } from "./support/verdict.ts";

const FEW = 100;
const MANY = smoke ? 2_000 : 100_000;
const FIRST = Date.UTC(2026, 0, 10);

const fmail = join(dirname(forgeExecutable), "fmail");

/** A project whose topic `task` holds so many messages, one per second, and was last changed a while ago. */
function projectWith(messages: number): Forge {
  const project = new Forge();
  const topic = join(project.repo, ".fmail/topics/task");
  mkdirSync(topic, { recursive: true });
  for (let number = 0; number < messages; number++) {
    const at = FIRST + number * 1000;
    const id = messageId(secondOf(at), 1);
    const message = {
      id,
      from: "bench",
      to: "task",
      time: new Date(at).toISOString(),
      body: `message ${number}`,
    };
    writeFileSync(join(topic, `${id}.json`), JSON.stringify(message, null, 2));
  }
  utimesSync(topic, FIRST / 1000, FIRST / 1000);
  return project;
}

const call = (project: Forge, ...command: string[]): Contestant => ({
  command,
  cwd: project.repo,
  env: { ...project.env, FMAIL_AGENT: "bench" },
});

function compare(executable: string, few: Forge, many: Forge) {
  const send = [executable, "send", "task", "the tests are green"];
  const log = [executable, "log", "task", "-n", "20"];
  const contestants = {
    empty: call(few, empty),
    sendFew: call(few, ...send),
    logFew: call(few, ...log),
    sendMany: call(many, ...send),
    logMany: call(many, ...log),
  };
  // The first reader of a large topic lists it once for all.
  interleavedMinima({ logMany: contestants.logMany }, 1);
  return interleavedMinima(contestants, rounds(60));
}

/** From the start of a sender that is in memory already to the line of the watcher, in milliseconds: the median. */
async function watchLatency(project: Forge): Promise<number> {
  const { command, cwd, env } = call(project, fmail, "watch", "latency");
  const watcher = Bun.spawn([...command], { cwd, env: { ...env }, stdin: "ignore", stdout: "pipe" });
  const reader = watcher.stdout.getReader();
  await Bun.sleep(500);
  const delays: number[] = [];
  for (let round = 0; round < rounds(41); round++) {
    const start = Bun.nanoseconds();
    const printed = reader.read();
    Bun.spawnSync([fmail, "send", "latency", `${round}`], { cwd, env: { ...env } });
    await printed;
    delays.push((Bun.nanoseconds() - start) / 1e6);
  }
  watcher.kill("SIGTERM");
  await watcher.exited;
  return delays.toSorted((a, b) => a - b)[delays.length >> 1] ?? Number.NaN;
}

await using few = projectWith(FEW);
await using many = projectWith(MANY);
const empty = compileEmptyProgram(few.folder);
const minima = compare(fmail, few, many);

console.log("agent mail");
figure("empty compiled program", milliseconds(minima.empty));
figure(`fmail send, topic of ${FEW}`, milliseconds(minima.sendFew));
figure(`fmail send, topic of ${MANY}`, milliseconds(minima.sendMany));
figure(`fmail log -n 20, topic of ${FEW}`, milliseconds(minima.logFew));
figure(`fmail log -n 20, topic of ${MANY}`, milliseconds(minima.logMany));
bar("fmail send / empty", minima.sendFew / minima.empty, 2.5);
bar(`fmail send, ${MANY} messages / ${FEW}`, minima.sendMany / minima.sendFew, 1.5);
bar(`fmail log -n 20, ${MANY} messages / ${FEW}`, minima.logMany / minima.logFew, 3);
bar(
  "fmail watch, from the start of fmail send to the line, in units of 100 ms",
  (await watchLatency(few)) / 100,
  1,
);

const reference = process.env.FMAIL_REF;
if (reference !== undefined) {
  await using theirFew = projectWith(FEW);
  await using theirMany = projectWith(MANY);
  const theirs = compare(reference, theirFew, theirMany);
  figure("fmail send: ours / reference", (minima.sendFew / theirs.sendFew).toFixed(2));
  figure(`fmail log -n 20, topic of ${MANY}: ours / reference`, (minima.logMany / theirs.logMany).toFixed(2));
}
