import { printable } from "../../console/printable.ts";
import type { Milliseconds } from "../../core/duration.ts";
import { operationFailed } from "../../core/errors.ts";
import { pidExists } from "../../process/identity.ts";
import {
  type FoundSupervisor,
  findSupervisor,
  listHostedLoops,
  shutDownSupervisor,
} from "../../supervisor/client.ts";
import { findLivingSupervisor } from "../../supervisor/launch.ts";
import type { HostedLoop } from "../../supervisor/protocol.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { daemonStopFlags } from "../registry/daemon.ts";

const LOOK_EVERY_MS: Milliseconds = 100;
const GONE_WITHIN_MS: Milliseconds = 2000;

type StopInvocation = Invocation<typeof daemonStopFlags>;

/** Ends the supervisor, after its runs or with them; the loops are held for the next `forge daemon start`. */
export const stop: Run<typeof daemonStopFlags> = async (invocation) => {
  const { flags, out } = invocation;
  const found = await findLivingSupervisor(invocation);
  if (found === undefined) {
    const nothing = { loops: 0, runs_ended: 0, runs_killed: 0 };
    return out.done("forged is not running", { stopped: false, was_running: false, ...nothing });
  }
  const loops = (await listHostedLoops(invocation)) ?? [];
  const { runs } = await shutDownSupervisor(found.address, flags.now ? "now" : "drain");
  await waitForEnd(invocation, found);
  await waitForProcess(found);
  out.done("forged stopped", {
    stopped: true,
    was_running: true,
    loops: loops.length,
    runs_ended: flags.now ? 0 : runs,
    runs_killed: flags.now ? runs : 0,
  });
};

/** Throws `timeout waiting for <n> run(s)`; the supervisor then goes on ending by itself, as it does after Ctrl-C. */
async function waitForEnd(invocation: StopInvocation, { ping }: FoundSupervisor): Promise<void> {
  const { flags } = invocation;
  const deadline = flags.timeout === undefined ? undefined : performance.now() + flags.timeout;
  const progress = new Progress(invocation);
  for (;;) {
    const now = await findSupervisor(invocation);
    if (now?.ping.instance_id !== ping.instance_id) return;
    const running = (await listHostedLoops(invocation))?.filter(({ run }) => run !== undefined) ?? [];
    if (deadline !== undefined && performance.now() >= deadline)
      throw operationFailed(`timeout waiting for ${running.length} run(s)`);
    progress.tell(running);
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

/** When it answers no more it tidies up and ends. */
async function waitForProcess({ address, ping }: FoundSupervisor): Promise<void> {
  const deadline = performance.now() + GONE_WITHIN_MS;
  while (address.kind === "socket" && pidExists(ping.pid) && performance.now() < deadline) await Bun.sleep(5);
}

/** Tells for which loops is waited, whenever these are others. */
class Progress {
  readonly #invocation: StopInvocation;
  #told = "";

  constructor(invocation: StopInvocation) {
    this.#invocation = invocation;
  }

  tell(running: readonly HostedLoop[]): void {
    const { out, global, world } = this.#invocation;
    if (running.length === 0 || out.quiet || out.isJson) return;
    if (global["no-progress"] || world.env.FORGE_NO_PROGRESS || world.env.NO_PROGRESS !== undefined) return;
    const names = running.map(({ name }) => printable(name)).join(", ");
    const text = `waiting for ${running.length} run(s) to end: ${names}`;
    if (text !== this.#told) out.note(text);
    this.#told = text;
  }
}
