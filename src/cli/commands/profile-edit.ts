import { placed, placeOf } from "../../config/place.ts";
import { printable } from "../../console/printable.ts";
import { exists, invalid } from "../../core/errors.ts";
import { type Profile, parseHarnessWord, profileJson, storedHarness } from "../../core/profile.ts";
import { checkMaxConcurrency, parseEnvPairs, parsePromptModeWord } from "../../core/profile-input.ts";
import { isBlank } from "../../core/validation.ts";
import { defaultTemplate } from "../../harness/default-templates.ts";
import type { Db } from "../../store/database.ts";
import { createProfile, findProfileByName, resolveProfile, updateProfile } from "../../store/profiles.ts";
import { inTransaction } from "../../store/transaction.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { profileAddFlags, profileEditFlags } from "../registry/profiles.ts";
import { openStore } from "../store-access.ts";

export const add: Run<typeof profileAddFlags> = async (invocation) => {
  const {
    args: [word = ""],
    flags,
    world,
    out,
  } = invocation;
  const harness = parseHarnessWord(word);
  const usual = defaultTemplate(harness, flags.model);
  const name = profileName(flags.name);
  const fields = fieldsFrom(invocation);
  const commandTemplate = fields.commandTemplate || usual.command;
  if (!commandTemplate) throw invalid(`--command is required for harness ${JSON.stringify(harness)}`);
  const draft = {
    authKind: harness,
    promptMode: usual.promptMode,
    ...fields,
    name,
    harness: storedHarness(harness),
    commandTemplate,
  };
  const db = openStore(invocation, "write");
  const profile = inTransaction(db, () => {
    refuseTaken(db, name);
    return createProfile(db, draft, world.now());
  });
  out.done(`Profile "${printable(name)}" created`, profileJson(profile));
  if (world.isTerminal(2) && !out.isJson && !out.quiet) await noteMissingProgram(invocation, commandTemplate);
};

/** A person learns at once what would end every run with 127; a script does not wait for a login shell. */
async function noteMissingProgram({ world, out }: Invocation, commandTemplate: string): Promise<void> {
  const { missingProgram, programOf } = await import("../missing-program.ts");
  const missing = missingProgram(programOf(commandTemplate), world.env);
  if (missing !== undefined) out.note(`note: ${printable(missing)}`);
}

export const edit: Run<typeof profileEditFlags> = (invocation) => {
  const {
    args: [reference = ""],
    flags,
    world,
    out,
  } = invocation;
  const name = flags.name === undefined ? undefined : profileName(flags.name);
  const fields = fieldsFrom(invocation);
  const db = openStore(invocation, "read");
  const profile = inTransaction(db, () => {
    const before = resolveProfile(db, reference);
    if (name !== undefined && name !== before.name) refuseTaken(db, name);
    return updateProfile(db, { ...before, ...fields, name: name ?? before.name }, world.now());
  });
  out.done(`Profile "${printable(profile.name)}" updated`, profileJson(profile));
};

/** The fields that flags give; those that are not given are not there, and an empty one is to be cleared. */
function fieldsFrom({ flags, given, world }: Invocation<typeof profileEditFlags>): Partial<Profile> {
  const { home, model, command } = flags;
  const { "auth-kind": authKind, "prompt-mode": promptMode, "max-concurrency": maxConcurrency } = flags;
  return definedOnly<Profile>({
    authKind,
    authHome: home && placed(home, placeOf(world.env, world.cwd)),
    promptMode: promptMode === undefined ? undefined : parsePromptModeWord(promptMode),
    commandTemplate: command,
    model,
    extraArgs: given.has("extra-arg") ? flags["extra-arg"].filter((word) => word !== "") : undefined,
    env: given.has("env") ? parseEnvPairs(flags.env) : undefined,
    maxConcurrency: maxConcurrency === undefined ? undefined : checkMaxConcurrency(maxConcurrency),
  });
}

// Leaving out what is undefined leaves a part of the same object; the compiler cannot see that.
const definedOnly = <T>(values: { [Name in keyof T]?: T[Name] | undefined }): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

function profileName(name: string | undefined): string {
  if (name === undefined || isBlank(name)) throw invalid("--name is required");
  return name;
}

function refuseTaken(db: Db, name: string): void {
  if (findProfileByName(db, name)) throw exists(`profile ${JSON.stringify(name)} already exists`);
}
