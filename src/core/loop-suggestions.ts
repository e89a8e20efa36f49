import { isDead, type LoopFacts } from "./loop-facts.ts";
import { isPlainWord, pastedName } from "./pasted-name.ts";

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
      return [logs, resume];
    case "stopped":
      return lastRun === undefined ? [resume] : [resume, logs];
    case "waiting":
      if (wait?.kind === "budget") return [`forge budget ls --loop ${name}`];
      if (wait?.kind === "blocked") return [message, resume, logs];
      return profileName !== undefined && isPlainWord(profileName)
        ? [`forge profile cooldown clear ${profileName}`]
        : ["forge profile cooldown ls"];
    case "sleeping":
      return facts.failures > 0 ? [logs, `forge msg ${name} --now "..."`] : [`forge msg ${name} --now "..."`];
    case "running":
      return [`forge logs ${name} -f`, message];
    default:
      return loop.state satisfies never;
  }
}
