import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { confirm } from "../../console/confirm.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { formatDuration } from "../../core/duration.ts";
import { ForgeError, operationFailed } from "../../core/errors.ts";
import { isPlainWord } from "../../core/pasted-name.ts";
import { type Profile, parseHarnessWord, shownHarness, storedHarness } from "../../core/profile.ts";
import { systemReason } from "../../core/system-error.ts";
import { checkHarness, type HarnessCheck, type RanHarness } from "../../harness/check-harness.ts";
import { definedVariables } from "../../process/environment.ts";
import { findStanding } from "../../store/profile-standings.ts";
import { resolveProfile } from "../../store/profiles.ts";
import { harnessCheckJson, harnessCheckText } from "../harness-check-text.ts";
import { tryHarness } from "../harness-trial.ts";
import { harnessBinary, harnessVersion } from "../harness-version.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { harnessCheckFlags } from "../registry/harness.ts";
import { openStore } from "../store-access.ts";

type CheckInvocation = Invocation<typeof harnessCheckFlags>;

export const run: Run<typeof harnessCheckFlags> = async (invocation) => {
  const { flags, out } = invocation;
  const isReplay = flags.replay !== undefined;
  const check = isReplay ? replay(invocation, flags.replay) : await tryOnce(invocation);
  if (out.isJson) out.json(harnessCheckJson(check));
  else out.write(harnessCheckText(check));
  if (!isReplay && !check.isGood) throw new ExitCode(1);
};

/** Reads a recorded stream, of a profile or of a harness that has none. */
function replay(invocation: CheckInvocation, file: string): HarnessCheck {
  const { flags, world } = invocation;
  const profile = findProfile(invocation);
  const harness = profile?.harness ?? storedHarness(parseHarnessWord(invocation.args[0] ?? ""));
  const output = recorded(file === "-" ? 0 : resolve(world.cwd, file));
  return checked(invocation, { profile, harness, output, exit: flags["exit-code"] });
}

/** Throws `open <path>: <why>`. */
function recorded(file: string | 0): Uint8Array {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw new ForgeError("unknown", `open ${file === 0 ? "-" : file}: ${systemReason(thrown)}`);
  }
}

function findProfile(invocation: CheckInvocation): Profile | undefined {
  try {
    return resolveProfile(openStore(invocation, "read"), invocation.args[0] ?? "");
  } catch (thrown) {
    if (thrown instanceof ForgeError && thrown.kind === "not_found") return undefined;
    throw thrown;
  }
}

async function tryOnce(invocation: CheckInvocation): Promise<HarnessCheck> {
  const { args, flags, world } = invocation;
  const db = openStore(invocation, "read");
  const profile = resolveProfile(db, args[0] ?? "");
  if (!mayRun(invocation, profile)) throw new ExitCode(1);
  const { output, exit } = await tryHarness(profile, definedVariables(world.env), flags.timeout).catch(
    (thrown: Error) => {
      throw couldNotRun(profile, thrown.message);
    },
  );
  if (exit === undefined) throw couldNotRun(profile, `no end within ${formatDuration(flags.timeout)}`);
  const { harness } = profile;
  const binary = harnessBinary(shownHarness(harness), world);
  const version = binary && (await harnessVersion(binary, world.env));
  const { parking } = findStanding(db, profile.id);
  return checked(invocation, { profile, harness, output, exit, version, parking });
}

const couldNotRun = ({ name }: Profile, reason: string): ForgeError =>
  operationFailed(`failed to run profile ${printable(name)}: ${printable(reason)}`);

const checked = ({ world }: CheckInvocation, ran: RanHarness): HarnessCheck =>
  checkHarness(ran, {
    env: world.env,
    isRoot: process.getuid?.() === 0,
    now: world.now(),
  });

/** Asks where somebody can answer. Throws `harness check runs a real prompt; pass --yes`. */
function mayRun({ global, world, out }: CheckInvocation, { id, name, harness }: Profile): boolean {
  if (global.yes) return true;
  const canAsk = world.isTerminal(0) && world.isTerminal(2) && !global["non-interactive"];
  if (canAsk)
    return confirm(out, `Run a real prompt with ${printable(shownHarness(harness))}? This may cost money.`);
  throw new ForgeError("unknown", "harness check runs a real prompt; pass --yes", {
    hint: `forge harness check ${isPlainWord(name) ? name : id} --yes`,
  });
}
