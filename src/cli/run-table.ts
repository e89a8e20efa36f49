import { printable } from "../console/printable.ts";
import { table } from "../console/table.ts";
import { costFigure, type OutcomeDraft } from "../core/outcome.ts";
import { formatCount } from "../core/rough-count.ts";
import { roughDuration } from "../core/rough-duration.ts";
import { type RunReport, runDuration } from "../core/run-report.ts";
import { formatTime, type Instant } from "../core/time.ts";

const HEADER = [
  ...["RUN", "LOOP", "STARTED", "DURATION", "STATUS", "OUTCOME"],
  ...["PROFILE", "TOKENS", "COST", "WHY"],
];

const SHORTEST_ID = 8;
/** What is not known. */
const UNKNOWN = "-";

/** Runs as `forge runs` shows them to people (spec/15 section 8). */
export function runTable(reports: readonly RunReport[], now: Instant): string {
  const shortened = idShortener(reports.map(({ run }) => run.id));
  const rows = reports.map((report) => {
    const { run, loopName, profileName = "", outcome } = report;
    return [
      shortened(run.id),
      printable(loopName),
      formatTime(run.startedAt),
      roughDuration(runDuration(report, now)),
      run.status,
      outcome?.outcome ?? UNKNOWN,
      printable(profileName),
      tokensText(outcome),
      costText(outcome),
      printable(outcome?.reason ?? ""),
    ];
  });
  return table(HEADER, rows);
}

/** Cuts an id to its first 8 characters, or as many as tell it from the others of the list. */
function idShortener(ids: readonly string[]): (id: string) => string {
  const alike = Map.groupBy(ids, (id) => id.slice(0, SHORTEST_ID));
  return (id) => {
    const others = alike.get(id.slice(0, SHORTEST_ID))?.filter((other) => other !== id) ?? [];
    let length = SHORTEST_ID;
    while (length < id.length && others.some((other) => other.startsWith(id.slice(0, length)))) length++;
    return id.slice(0, length);
  };
}

function tokensText(outcome: OutcomeDraft | undefined): string {
  const tokens = outcome?.tokens;
  return tokens === undefined ? UNKNOWN : formatCount(tokens.input + tokens.output);
}

/** `$0.0043`; `~` before an estimate. */
export function costText(outcome: OutcomeDraft | undefined): string {
  if (outcome?.costMicros === undefined) return UNKNOWN;
  return costFigure(outcome.costMicros, outcome.costSource === "priced");
}
