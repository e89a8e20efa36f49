/** An agent that stays, and one that ends with its task. */
export const PERSISTENT_AGENT_MODES = ["continuous", "one-shot"] as const;

export const PERSISTENT_AGENT_STATES = [
  "unspecified",
  "starting",
  "running",
  "idle",
  "waiting_approval",
  "paused",
  "stopping",
  "stopped",
  "failed",
] as const;
