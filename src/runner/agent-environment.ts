import type { Loop } from "../core/loop.ts";
import type { Profile } from "../core/profile.ts";
import { actorVariables } from "../harness/environment.ts";
import type { Environment } from "../process/environment.ts";
import type { Session } from "./session.ts";

/** The variables by which programs that the agent of a run calls know who is calling and where things are. */
export function agentEnvironment({ deps }: Session, loop: Loop, profile: Profile): Environment {
  const base = { ...deps.environmentOf(loop.id), ...profile.env };
  return { ...base, ...actorVariables(loop, profile.env) };
}
