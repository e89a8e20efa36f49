import { printable } from "../console/printable.ts";
import { fields } from "../console/table.ts";
import { outcomeText } from "../core/outcome.ts";
import { shownHarness } from "../core/profile.ts";
import type { HarnessCheck } from "../harness/check-harness.ts";

const MARKS = { ok: "[ok]", missing: "[--]", drift: "[!!]" } as const;

/** What a check of a harness found, for people (spec/15 section 9). */
export function harnessCheckText(check: HarnessCheck): string {
  const { profile, harness, version = "-", signs, outcome, warnings } = check;
  const head: (readonly [label: string, value: string])[] = [
    ...(profile ? ([["Profile:", printable(profile.name)]] as const) : []),
    ["Harness:", printable(shownHarness(harness))],
    ["Version:", printable(version)],
  ];
  const rows = signs.map(
    ({ name, state, detail }) => `  ${MARKS[state]} ${name}${detail ? `: ${printable(detail)}` : ""}\n`,
  );
  const verdict = `Outcome: ${printable(outcomeText(outcome))} (rule ${outcome.evidence.rule})\n`;
  return [
    fields(head),
    ...rows,
    verdict,
    ...warnings.map((warning) => `Warning: ${printable(warning)}\n`),
  ].join("");
}

export const harnessCheckJson = (check: HarnessCheck) => ({
  profile: check.profile?.name,
  harness: shownHarness(check.harness),
  adapter: check.adapter,
  version: check.version,
  signs: check.signs,
  unknown_types: check.unknownTypes,
  unknown_fields: check.unknownFields,
  outcome: check.outcome.outcome,
  rule: check.outcome.evidence.rule,
  warnings: check.warnings,
});
