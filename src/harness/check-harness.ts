import type { OutcomeDraft } from "../core/outcome.ts";
import type { Profile } from "../core/profile.ts";
import type { Parking } from "../core/profile-standing.ts";
import { formatTime, type Instant } from "../core/time.ts";
import { decodeShellStatus } from "../process/exit-status.ts";
import type { AdapterName } from "./adapter.ts";
import { adapterFor } from "./adapters/adapters.ts";
import { defaultTemplate } from "./default-templates.ts";
import { printsEvents } from "./machine-output.ts";
import { describeRun } from "./outcome/describe-run.ts";
import { checkStream, type Sign } from "./stream-check.ts";
import { StreamReader } from "./stream-reader.ts";

/** A run that is to be checked. */
export interface RanHarness {
  /** Undefined for a recorded stream of a harness. */
  readonly profile: Profile | undefined;
  /** As stored. */
  readonly harness: string;
  readonly output: Uint8Array;
  /** The shell's `$?`. */
  readonly exit: number;
  /** What the program says of itself, where its stream does not tell. */
  readonly version?: string | undefined;
  /** Why loops may not use the profile until somebody clears it. */
  readonly parking?: Parking | undefined;
}

/** What the check looks at beside the run. */
export interface CheckPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  readonly now: Instant;
}

/** What an agent CLI has told about a run, and what Forge makes of it (spec/15 section 9). */
export interface HarnessCheck {
  readonly profile: Profile | undefined;
  readonly harness: string;
  readonly adapter: AdapterName;
  readonly version: string | undefined;
  readonly signs: readonly Sign[];
  readonly unknownTypes: readonly string[];
  /** Fields of known lines that the adapter does not know, and those that it knows and misses: `type.field`. */
  readonly unknownFields: readonly string[];
  readonly outcome: OutcomeDraft;
  readonly warnings: readonly string[];
  /** Whether loops can rely on it. */
  readonly isGood: boolean;
}

export function checkHarness(ran: RanHarness, place: CheckPlace): HarnessCheck {
  const { profile, harness, output, exit } = ran;
  const adapter = adapterFor(harness);
  const reader = new StreamReader(adapter);
  reader.push(output);
  const signs = reader.end();
  const outcome = describeRun({
    adapter,
    signs,
    end: { kind: "exited", status: decodeShellStatus(exit), raw: exit },
    now: place.now,
    hostZone: () => new Intl.DateTimeFormat().resolvedOptions().timeZone,
    profileId: profile?.id ?? "",
  });
  // What is not known prints no terminal event, and is judged by its exit.
  const hasEnd = adapter.name === "generic" || signs.end !== undefined;
  const isGood = hasEnd && outcome.outcome === "ok";
  const unknownTypes = [...signs.unknownTypes];
  return {
    profile,
    harness,
    adapter: adapter.name,
    version: outcome.cliVersion ?? ran.version,
    signs: checkStream(signs, String(exit)),
    unknownTypes,
    unknownFields: [...signs.newFields, ...signs.missingFields],
    outcome,
    warnings: [
      ...(profile ? templateWarnings(profile, adapter.name, place) : []),
      ...(profile ? restWarnings(profile, ran.parking, place.now, isGood) : []),
      ...listed("unknown event types", unknownTypes),
      ...listed("unknown fields", [...signs.newFields]),
    ],
    isGood,
  };
}

function templateWarnings(profile: Profile, adapter: AdapterName, { env, isRoot }: CheckPlace): string[] {
  const { commandTemplate, model } = profile;
  const command = [commandTemplate, ...profile.extraArgs].join(" ");
  const warnings: string[] = [];
  if (!printsEvents(adapter, command) && adapter !== "generic") {
    const suggested = defaultTemplate(adapter, model).command;
    warnings.push(`template prints no machine-readable output; suggested: ${suggested}`);
  }
  const isSandbox = profile.env.IS_SANDBOX ?? env.IS_SANDBOX;
  if (adapter === "claude" && isRoot && !isSandbox && command.includes("--dangerously-skip-permissions"))
    warnings.push("root: set IS_SANDBOX=1");
  return warnings;
}

/** A profile that rests is checked all the same; when it answers well, it may be freed. */
function restWarnings(
  { name, cooldownUntil = 0 }: Profile,
  parking: Parking | undefined,
  now: Instant,
  isGood: boolean,
): string[] {
  const offer = isGood ? `; forge profile cooldown clear ${name}` : "";
  return [
    ...(parking ? [`profile is parked (${parking.kind})${offer}`] : []),
    ...(cooldownUntil > now ? [`profile cools until ${formatTime(cooldownUntil)}${offer}`] : []),
  ];
}

const listed = (what: string, names: readonly string[]): string[] =>
  names.length === 0 ? [] : [`${what}: ${names.join(", ")}`];
