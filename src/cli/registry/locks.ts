import { atMost, type Group, noArguments } from "../../console/command.ts";
import { bool, duration, list, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";

const HOUR_MS = 3_600_000;

const agentFlag = {
  agent: text("who claims (default: FORGE_AGENT_MAIL_AGENT, then FMAIL_AGENT)", { short: "a" }),
} as const;
const pathFlag = {
  path: list("path or glob from the project's root; repeatable", { short: "p", completes: "file" }),
} as const;
const idFlag = { "lock-id": list("id of a lock; repeatable") } as const;
const ttlFlag = {
  ttl: duration("how long it holds, at least 1m; a plain number is seconds", { default: HOUR_MS }),
} as const;

export const lockClaimFlags = {
  ...agentFlag,
  ...pathFlag,
  ...ttlFlag,
  exclusive: { ...bool("let nobody else claim the paths"), default: true },
  reason: text("what for, shown to others", { default: "" }),
  force: bool("release the locks of others that stand against it"),
} as const;

export const lockReleaseFlags = { ...agentFlag, ...pathFlag, ...idFlag } as const;

export const lockRenewFlags = { ...lockReleaseFlags, ...ttlFlag } as const;

export const lockStatusFlags = {
  agent: text("only locks of this agent", { short: "a" }),
  ...pathFlag,
} as const;

export const lockCheckFlags = {
  ...pathFlag,
  "exit-code": bool("exit 1 when any path is locked"),
} as const;

/** Who works on which paths. */
export const locks: Group<AnyModule> = {
  kind: "group",
  name: "lock",
  summary: "Tell other agents which paths you work on",
  description:
    "Tells other agents on this machine which paths an agent works on. Locks are advice: nothing is enforced on files, and\neach ends by itself.",
  commands: [
    command({
      name: "claim",
      summary: "Claim paths, unless others hold some of them",
      // `--exclusive false`: the word after a flag that may stand alone.
      arity: atMost(1, ""),
      flags: lockClaimFlags,
      load: () => import("../commands/lock-claim.ts"),
    }),
    command({
      name: "release",
      summary: "Release own locks: those named, else all",
      arity: noArguments,
      flags: lockReleaseFlags,
      load: async () => ({ run: (await import("../commands/lock.ts")).release }),
    }),
    command({
      name: "renew",
      summary: "Let own locks hold longer: those named, else all",
      arity: noArguments,
      flags: lockRenewFlags,
      load: async () => ({ run: (await import("../commands/lock.ts")).renew }),
    }),
    command({
      name: "status",
      summary: "List the locks of this project",
      arity: noArguments,
      flags: lockStatusFlags,
      load: async () => ({ run: (await import("../commands/lock.ts")).status }),
    }),
    command({
      name: "check",
      summary: "Tell whether paths are locked",
      arity: noArguments,
      flags: lockCheckFlags,
      load: async () => ({ run: (await import("../commands/lock.ts")).check }),
    }),
  ],
};
