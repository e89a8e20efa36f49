import type { AgentState } from "./agent.ts";
import type { Instant } from "./time.ts";

/** What is looked at when somebody waits for an agent. */
export interface AgentProgress {
  readonly state: AgentState;
  /** Queue items that wait. */
  readonly pending: number;
  /** When the account of the agent is free again; undefined when it has none, or it is not cooling down. */
  readonly cooldownUntil: Instant | undefined;
}

/** Undefined: the condition is met; else what keeps it from being met. */
type Obstacle = string | undefined;

const busy = ({ state }: AgentProgress): Obstacle => (state === "idle" ? undefined : `state: ${state}`);
const queued = ({ pending }: AgentProgress): Obstacle =>
  pending === 0 ? undefined : `queue: ${pending} pending`;

function cooling({ cooldownUntil }: AgentProgress, now: Instant): Obstacle {
  const left = (cooldownUntil ?? 0) - now;
  return left <= 0 ? undefined : `cooldown: ${Math.ceil(left / 1000)}s remaining`;
}

/** Conditions on one agent (spec/20 section 19). */
const AGENT_CONDITIONS = new Map<string, (agent: AgentProgress, now: Instant) => Obstacle>([
  ["idle", busy],
  ["queue-empty", queued],
  ["cooldown-over", cooling],
  ["ready", (agent, now) => busy(agent) ?? queued(agent) ?? cooling(agent, now)],
]);

/** Conditions on the agents of a workspace; one without agents fulfils them. */
const WORKSPACE_CONDITIONS = new Map<string, (agents: readonly AgentProgress[]) => Obstacle>([
  [
    "all-idle",
    (agents) => {
      const working = agents.filter((agent) => busy(agent) !== undefined).length;
      return working === 0 ? undefined : `${working}/${agents.length} agents not idle`;
    },
  ],
  [
    "any-idle",
    (agents) =>
      agents.length === 0 || agents.some((agent) => busy(agent) === undefined)
        ? undefined
        : `0/${agents.length} agents idle`,
  ],
]);

/** In the order in which they are told. */
export const AGENT_CONDITION_WORDS: readonly string[] = [
  ...["idle", "queue-empty", "cooldown-over", "all-idle", "any-idle", "ready"],
];

export const isWorkspaceCondition = (word: string): boolean => WORKSPACE_CONDITIONS.has(word);

/** What keeps a condition from being met by these agents; undefined when it is. For one agent only the first counts. */
export function agentObstacle(word: string, agents: readonly AgentProgress[], now: Instant): Obstacle {
  const ofWorkspace = WORKSPACE_CONDITIONS.get(word);
  if (ofWorkspace) return ofWorkspace(agents);
  const [agent] = agents;
  return agent && AGENT_CONDITIONS.get(word)?.(agent, now);
}
