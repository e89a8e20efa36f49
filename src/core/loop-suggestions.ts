import { isDead, type LoopFacts } from "./loop-facts.ts";
import { isPlainWord, pastedName, pastedWord } from "./pasted-name.ts";

/** Commands that can be pasted, the most useful first. */
export function suggestionsFor(facts: LoopFacts): string[] {
  const { loop, wait, profileName, lastRun } = facts;
  const name = pastedName(loop);
  const resume = `forge resume ${name}`;
  const logs = `forge logs ${name} -n 50`;
  const message = `forge msg ${name} "..."`;
  if (isDead(facts)) return [resume, logs];
  switch (loop.state) {
    case "error":
      return [...remedies(facts), logs, resume];
    case "stopped":
      if (facts.isHeld) return ["forge daemon start", resume, logs];
      return [...remedies(facts), ...(lastRun === undefined ? [resume] : [resume, logs])];
    case "waiting":
      if (wait?.kind === "budget") return [`forge budget ls --loop ${name}`];
      if (wait?.kind === "blocked") return [message, resume, logs];
      if (profileName === undefined || !isPlainWord(profileName)) return ["forge profile cooldown ls"];
      return wait?.reason?.endsWith(" is busy")
        ? ["forge ps --state running", moreSlots(profileName, facts.profileSlots)]
        : [`forge profile cooldown clear ${profileName}`];
    case "sleeping":
      return [...remedies(facts), ...(facts.failures > 0 ? [logs] : []), `forge msg ${name} --now "..."`];
    case "running":
      return [`forge logs ${name} -f`, message];
    default:
      return loop.state satisfies never;
  }
}

const moreSlots = (profile: string, slots = 1): string =>
  `forge profile edit ${profile} --max-concurrency ${slots + 1}`;

/** How a shell says that the command of a profile is not there. */
const COMMAND_NOT_FOUND = 127;

/** What mends the cause itself, where it is known by what the loop last came to grief over. */
function remedies({
  loop: { state, lastError = "" },
  poolName,
  lastRun,
  lastRunProfile,
}: LoopFacts): string[] {
  if (state === "error" && lastError === "pool unavailable")
    return [
      poolName === undefined
        ? "forge profile init"
        : `forge pool add ${pastedWord(poolName, "pool")} <profile>`,
    ];
  if (state === "error" && /^open .*\/prompts\/default\.md: no such file or directory$/.test(lastError))
    return ["forge init"];
  if (lastRun?.exitCode === COMMAND_NOT_FOUND && lastRunProfile !== "")
    return [`forge profile doctor ${pastedWord(lastRunProfile, "profile")}`];
  return [];
}
