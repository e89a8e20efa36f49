import { existsSync } from "node:fs";
import { printable } from "../../console/printable.ts";
import type { Profile } from "../../core/profile.ts";
import type { World } from "../../core/world.ts";
import { resolveProfile } from "../../store/profiles.ts";
import type { Run } from "../invocation.ts";
import { missingProgram, programOf } from "../missing-program.ts";
import { openStore } from "../store-access.ts";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly details: string;
}

export const run: Run<Record<never, never>> = (invocation) => {
  const {
    args: [reference = ""],
    world,
    out,
  } = invocation;
  const profile = resolveProfile(openStore(invocation, "read"), reference);
  const checks = [...checkAuthHome(profile), checkCommand(profile, world)];
  if (out.isJson) return out.json({ profile: profile.name, checks });
  out.line(`Profile ${printable(profile.name)}`);
  for (const { name, ok, details } of checks)
    out.line(`- [${ok ? "OK" : "FAIL"}] ${name}: ${printable(details)}`);
};

function checkAuthHome({ authHome }: Profile): Check[] {
  if (!authHome) return [];
  const ok = existsSync(authHome);
  return [{ name: "auth_home", ok, details: ok ? authHome : "auth home not found" }];
}

/** Whether the program that the template starts is there, for the shell that starts runs. */
function checkCommand({ commandTemplate }: Profile, { env }: World): Check {
  const program = programOf(commandTemplate);
  const missing = missingProgram(program, env);
  return { name: "command", ok: missing === undefined, details: missing ?? program };
}
