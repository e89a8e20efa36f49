import { isAlive, type ProcessIdentity } from "./identity.ts";
import { markedProcesses } from "./marked-processes.ts";
import { type ProcessEntry, processTable } from "./process-table.ts";
import { type Signal, sendSignal } from "./send-signal.ts";

/** Between asking and killing. */
const GRACE_MS = 2000;
/** After this nothing of a run is alive (spec/10 section 7.5); a margin is kept for the last signals. */
const LIMIT_MS = 4000;
const LAST_KILL_MS = 3400;
const LOOK_EVERY_MS = 10;

export interface RunToEnd {
  /** Whose mark its processes carry; undefined for what was started without one. */
  readonly runId?: string | undefined;
  /** The wrapper, which leads the session and group of the run; undefined when it was never known. */
  readonly leader: ProcessIdentity | undefined;
}

export interface TerminateOptions {
  /** Skips the asking; looked at all the time, so that a second Ctrl-C shortens the grace. */
  readonly atOnce?: () => boolean;
}

/**
 * Ends every process of a run: its group first, then what carries its mark outside. TERM, up to 2 s of grace, KILL. Who
 * answers TERM by ending is not waited for longer than needed. Whether nothing of it is alive at the end.
 */
export async function terminateRun(
  run: RunToEnd,
  { atOnce = () => false }: TerminateOptions = {},
): Promise<boolean> {
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  const family = new RunFamily(run);
  await endAll(() => family.ofSession(), family, GRACE_MS, atOnce);
  await endAll(() => family.all(), family, Math.min(GRACE_MS, LAST_KILL_MS - elapsed()), atOnce);
  // What was started between a look and a signal.
  while (family.all().length > 0 && elapsed() < LIMIT_MS) {
    family.signal(family.all(), "SIGKILL");
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return family.all().length === 0;
}

async function endAll(
  targets: () => ProcessEntry[],
  family: RunFamily,
  graceMs: number,
  atOnce: () => boolean,
): Promise<void> {
  const asked = targets();
  if (asked.length === 0) return;
  const deadline = performance.now() + graceMs;
  if (!atOnce()) {
    family.signal(asked, "SIGTERM");
    while (performance.now() < deadline && !atOnce()) {
      await Bun.sleep(LOOK_EVERY_MS);
      if (!asked.some(stillRuns)) break;
    }
  }
  family.signal(targets(), "SIGKILL");
  // A killed process takes a moment to be gone.
  for (let looks = 0; looks < 10 && targets().some(stillRuns); looks++) await Bun.sleep(LOOK_EVERY_MS);
}

const stillRuns = ({ pid, started }: ProcessEntry): boolean => processTable.find(pid)?.started === started;

/** The processes of one run, looked up anew each time: they come and go. */
class RunFamily {
  readonly #runId: string | undefined;
  readonly #leader: ProcessIdentity | undefined;
  /** Members that were seen, by pid: they vouch for the session after its leader has gone. */
  readonly #known = new Map<number, string>();

  constructor({ runId, leader }: RunToEnd) {
    this.#runId = runId;
    this.#leader = leader;
  }

  /** Members of the session that the wrapper leads, those in groups of their own included. */
  ofSession(): ProcessEntry[] {
    return this.#remember(this.#sessionMembers(this.#marked()));
  }

  all(): ProcessEntry[] {
    const marked = this.#marked();
    const members = this.#sessionMembers(marked);
    const outside = marked.filter(({ pid }) => !members.some((member) => member.pid === pid));
    return this.#remember([...members, ...outside]);
  }

  /** Signals the group as one where its leader lives, and every other process by itself; each is compared right before. */
  signal(targets: readonly ProcessEntry[], signal: Signal): void {
    const leader = this.#leader;
    const groupReached = leader !== undefined && isAlive(leader) && sendSignal(-leader.pid, signal);
    for (const target of targets) {
      // A second TERM makes some agents leave without tidying up.
      if (groupReached && target.group === leader.pid) continue;
      if (stillRuns(target)) sendSignal(target.pid, signal);
    }
  }

  #marked(): ProcessEntry[] {
    return this.#runId === undefined ? [] : markedProcesses(this.#runId);
  }

  #sessionMembers(marked: readonly ProcessEntry[]): ProcessEntry[] {
    const leader = this.#leader;
    if (leader === undefined) return [];
    const members = processTable.list().filter(({ session }) => session === leader.pid);
    const isOurs =
      isAlive(leader) ||
      members.some(({ pid, started }) => this.#known.get(pid) === started) ||
      members.some(({ pid }) => marked.some((entry) => entry.pid === pid));
    return isOurs ? members : [];
  }

  #remember(entries: ProcessEntry[]): ProcessEntry[] {
    for (const { pid, started } of entries) this.#known.set(pid, started);
    return entries;
  }
}
