import { invalid, operationFailed, toForgeError } from "../../core/errors.ts";
import { ADJECTIVES, NAMES } from "../../core/loop-name-words.ts";
import { type AgentRecord, agentFields } from "../../mail/rules/agent-record.ts";
import { agentName } from "../../mail/rules/names.ts";
import { registerAgent, tryRegisterAgent } from "../../mail/store/agents.ts";
import type { Store } from "../../mail/store/store.ts";
import { shownJson } from "../display.ts";
import type { Run } from "../invocation.ts";
import { openMailbox } from "../mailbox.ts";
import type { registerFlags } from "../registry/flags.ts";

/** How often names of one form are tried (spec/50 section 7.6). */
const TRIES = 10;

export const run: Run<typeof registerFlags> = (invocation) => {
  const { flags, args, out } = invocation;
  const { store } = openMailbox(invocation);
  const [typed] = args;
  const record = typed === undefined ? registerAnyName(store) : registerAgent(store, readName(typed));
  out.line(flags.json ? shownJson(agentFields(record), 2) : record.name);
};

function readName(typed: string): string {
  try {
    return agentName(typed);
  } catch (thrown) {
    throw invalid(`invalid agent name: ${toForgeError(thrown).message}`);
  }
}

function registerAnyName(store: Store): AgentRecord {
  const pick = (words: readonly string[]) => words[Math.floor(store.random() * words.length)] ?? "";
  const pair = () => `${pick(ADJECTIVES)}-${pick(NAMES)}`;
  const triple = () => `${pair()}-${pick(NAMES)}`;
  for (const draw of [pair, triple]) {
    for (let tries = 0; tries < TRIES; tries++) {
      const record = tryRegisterAgent(store, draw());
      if (record) return record;
    }
  }
  throw operationFailed("register agent: unable to allocate unique agent name");
}
