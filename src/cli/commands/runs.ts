import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { ForgeError, invalid } from "../../core/errors.ts";
import { parseRunStatus } from "../../core/run.ts";
import { chosenRun, parseOutcomes, runReportJson } from "../../core/run-report.ts";
import { parseTimeExpression } from "../../core/time-expression.ts";
import type { Db } from "../../store/database.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { resolvePool } from "../../store/pools.ts";
import { resolveProfile } from "../../store/profiles.ts";
import { getRunReport, listRunIds, listRunReports, type RunFilter } from "../../store/run-reports.ts";
import type { Invocation, Run } from "../invocation.ts";
import { readRunDetails } from "../read-run-details.ts";
import type { runsLsFlags, runsShowFlags } from "../registry/runs.ts";
import { runDetailsJson, runDetailsText } from "../run-details-text.ts";
import { runTable } from "../run-table.ts";
import { openStore } from "../store-access.ts";

export const ls: Run<typeof runsLsFlags> = (invocation) => {
  const { flags, world, out } = invocation;
  if (flags.limit < 0) throw invalid("limit must be >= 0");
  const db = openStore(invocation, "read");
  const reports = listRunReports(db, filterFrom(db, invocation), flags.limit);
  const now = world.now();
  if (out.isJson) out.jsonList(reports.map((report) => runReportJson(report, now)));
  else if (reports.length === 0) out.line("No runs found");
  else out.write(runTable(reports, now));
};

function filterFrom(db: Db, { flags, global, world }: Invocation<typeof runsLsFlags>): RunFilter {
  const at = (text: string | undefined) => (text ? parseTimeExpression(text, world.now()) : undefined);
  return {
    outcomes: parseOutcomes(flags.outcome),
    status: flags.status ? parseRunStatus(flags.status) : undefined,
    since: at(flags.since || global.since),
    until: at(flags.until),
    loopId: flags.loop ? findLoopByReference(db, flags.loop).id : undefined,
    profileId: flags.profile ? resolveProfile(db, flags.profile).id : undefined,
    poolId: flags.pool ? resolvePool(db, flags.pool).id : undefined,
    repoPath: flags.repo ? resolve(world.cwd, flags.repo) : undefined,
  };
}

export const show: Run<typeof runsShowFlags> = async (invocation) => {
  const { args, flags, world, out } = invocation;
  const db = openStore(invocation, "read");
  const reference = args[0]?.trim() ?? "";
  const id = chosenRun(reference, listRunIds(db, reference));
  const details = await readRunDetails(db, getRunReport(db, id));
  if ((flags.raw || flags.full) && details.outputPath === undefined) throw outputGone(id);
  if (flags.raw) return out.writeBytes(readFileSync(details.outputPath ?? ""));
  if (out.isJson) return out.json(runDetailsJson(details, world.now()));
  const output = flags.full ? readFileSync(details.outputPath ?? "", "utf8") : details.tail;
  out.write(runDetailsText({ ...details, tail: output }, world.now()));
};

const outputGone = (id: string) =>
  new ForgeError("not_found", `output of run ${id} not found: it is kept for the newest runs only`, {
    hint: `forge runs show ${id}`,
  });
