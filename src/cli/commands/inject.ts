import { confirm } from "../../console/confirm.ts";
import { printable } from "../../console/printable.ts";
import type { AgentState } from "../../core/agent.ts";
import { ForgeError, operationFailed } from "../../core/errors.ts";
import { isNonInteractive } from "../globals.ts";
import type { Run } from "../invocation.ts";
import { readMessage } from "../message-source.ts";
import type { injectFlags } from "../registry/agents.ts";
import { namedOnly } from "../send-target.ts";
import { openStore } from "../store-access.ts";

/** What may come of words that an agent did not wait for; nothing in the states that are left out. */
const ADVICE: Partial<Record<AgentState, string>> = {
  working: "It works: the words may end up in the middle of what it does. forge send waits for its turn.",
  awaiting_approval: "It waits for an approval: the words may be taken for the answer.",
  rate_limited: "Its provider refuses requests for now: the words may be lost.",
  paused: "It is paused: the words may be lost.",
  error: "It is in an error state: the words may be lost.",
};

export const run: Run<typeof injectFlags> = async (invocation) => {
  const { args, flags, global, world, out } = invocation;
  const { file, stdin, editor } = flags;
  const db = openStore(invocation, "read");
  const { agent, label } = namedOnly(db, args[0]?.trim() ?? "");
  const message = readMessage({ words: args.slice(1), file, stdin, editor }, world);
  if (agent.tmuxPane.trim() === "") throw new ForgeError("unknown", "agent has no tmux pane");
  const advice = ADVICE[agent.state];
  if (advice !== undefined && !flags.force) {
    if (isNonInteractive(global, world) || out.isJson)
      throw new ForgeError("unknown", `agent is ${agent.state}; use --force to inject without confirmation`);
    out.note(advice);
    if (!confirm(out, "Inject anyway?")) return out.note("Cancelled.");
  }
  if (!out.isJson && !out.quiet)
    out.note(`Warning: Direct injection to agent ${printable(label)} (bypassed queue)`);
  await typeInto(agent.tmuxPane, message, { ...world.env });
  out.done("Message injected", {
    agent_id: agent.id,
    agent_state: agent.state,
    bypassed_queue: true,
    injected: true,
    message,
  });
};

/** Literal text, then Enter: tmux looks for no names of keys in it. */
async function typeInto(pane: string, text: string, env: Record<string, string | undefined>): Promise<void> {
  await tmux(["send-keys", "-t", pane, "-l", "--", text], env);
  await tmux(["send-keys", "-t", pane, "Enter"], env);
}

async function tmux(words: readonly string[], env: Record<string, string | undefined>): Promise<void> {
  const failed = (why: string) => operationFailed(`failed to inject: tmux: ${why}`);
  let child: Bun.Subprocess<"ignore", "ignore", "pipe">;
  try {
    child = Bun.spawn(["tmux", ...words], { env, stdio: ["ignore", "ignore", "pipe"] });
  } catch (thrown) {
    throw failed(thrown instanceof Error ? thrown.message : String(thrown));
  }
  const [told, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
  if (code !== 0) throw failed(told.trim().split("\n")[0] || `exit status ${code}`);
}
