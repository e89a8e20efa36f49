// How long `fmail send` takes from a cold start, against an empty program on the same runtime and in a topic of 100 and of
// 100,000 messages; how long `fmail log -n 20` takes there, right after a message was sent; how soon `fmail watch` prints what was
// sent, with and without a supervisor, and what it costs while nothing is. FMAIL_REF names another fmail executable to measure beside ours, on stores of its own.
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageId, secondOf } from "../src/mail/rules/message-id.ts";
import { SupervisedForge } from "../test/supervisor/support/supervised-forge.ts";
import { Forge, forgeExecutable } from "../test/support/forge.ts";
import { waitFor } from "../test/support/wait-for.ts";
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

/** A watcher of one topic, ready to print. */
async function startWatcher(project: Forge, listens: () => Promise<boolean> | boolean) {
  const { command, cwd, env } = call(project, fmail, "watch", "latency");
  const watcher = Bun.spawn([...command], { cwd, env: { ...env }, stdin: "ignore", stdout: "pipe" });
  await Bun.sleep(500);
  await waitFor(listens, { what: "the watcher" });
  return watcher;
}

type Watcher = Awaited<ReturnType<typeof startWatcher>>;

/** From the start of a sender that is in memory already to the line of the watcher, in milliseconds: the median. */
async function watchLatency(project: Forge, watcher: Watcher): Promise<number> {
  const { cwd, env } = call(project);
  const reader = watcher.stdout.getReader();
  const delays: number[] = [];
  for (let round = 0; round < rounds(41); round++) {
    const start = Bun.nanoseconds();
    const printed = reader.read();
    Bun.spawnSync([fmail, "send", "latency", `${round}`], { cwd, env: { ...env } });
    await printed;
    delays.push((Bun.nanoseconds() - start) / 1e6);
  }
  return delays.toSorted((a, b) => a - b)[delays.length >> 1] ?? Number.NaN;
}

/** The share of one core that processes take while nothing happens, in percent. */
async function idleCpu(...pids: number[]): Promise<number> {
  const used = () => pids.reduce((sum, pid) => sum + cpuTicks(pid), 0);
  const before = used();
  const seconds = smoke ? 1 : 10;
  await Bun.sleep(seconds * 1000);
  return (used() - before) / seconds; // hundredths of a second in a second
}

/** User and system time so far: fields 14 and 15 of the stat of a process, in hundredths of a second. */
function cpuTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

async function measureWatching(project: Forge) {
  const watcher = await startWatcher(project, () => true);
  const latency = await watchLatency(project, watcher);
  const idle = await idleCpu(watcher.pid);
  watcher.kill("SIGTERM");
  await watcher.exited;
  return { latency, idle };
}

/** As `measureWatching`, with a supervisor that serves the project; also how long a cold `send` takes through it. */
async function measureSupervised(empty: string) {
  await using forge = await SupervisedForge.make();
  mkdirSync(join(forge.repo, ".fmail"));
  forge.loop();
  await forge.must(["daemon", "start"]);
  const socket = join(forge.repo, ".fmail/forged.sock");
  await waitFor(() => existsSync(socket), { what: "the socket of the mailbox" });
  const contestants = {
    empty: call(forge, empty),
    send: call(forge, fmail, "send", "task", "the tests are green"),
  };
  const send = interleavedMinima(contestants, rounds(60));
  const watcher = await startWatcher(forge, async () => (await forge.status()).clients === 1);
  const latency = await watchLatency(forge, watcher);
  const idle = await idleCpu(watcher.pid, forge.supervisor.pid);
  watcher.kill("SIGTERM");
  await watcher.exited;
  return { send: send.send / send.empty, latency, idle };
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

const alone = await measureWatching(few);
const supervised = await measureSupervised(empty);
figure("fmail send through the supervisor / empty", supervised.send.toFixed(2));
bar(
  "fmail watch without the supervisor, from the start of fmail send to the line, median in ms",
  alone.latency,
  100,
);
bar("the same with the supervisor, median in ms", supervised.latency, 20);
bar("an idle watcher, percent of one core", alone.idle, 1);
bar("an idle watcher and the supervisor, percent of one core", supervised.idle, 1);

const reference = process.env.FMAIL_REF;
if (reference !== undefined) {
  await using theirFew = projectWith(FEW);
  await using theirMany = projectWith(MANY);
  const theirs = compare(reference, theirFew, theirMany);
  figure("fmail send: ours / reference", (minima.sendFew / theirs.sendFew).toFixed(2));
  figure(`fmail log -n 20, topic of ${MANY}: ours / reference`, (minima.logMany / theirs.logMany).toFixed(2));
}
