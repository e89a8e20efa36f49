import { confirmDestructive } from "../../console/confirm.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { doctorReportJson, doctorReportLines } from "../../core/doctor-report.ts";
import { type Examination, examine } from "../doctor/examine.ts";
import { mend, mendable } from "../doctor/fix.ts";
import { skipsConfirmation } from "../globals.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { doctorFlags } from "../registry/doctor.ts";

type DoctorInvocation = Invocation<typeof doctorFlags>;

export const run: Run<typeof doctorFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  const first = await examine(invocation);
  const fixed = flags.fix ? await fix(invocation, first) : undefined;
  const { checks } = fixed && fixed.length > 0 ? await examine(invocation) : first;
  if (out.isJson) out.json(doctorReportJson(checks, world.now(), fixed));
  else {
    const lines = [...(fixed ?? []).map((what) => `fixed: ${what}`), ...doctorReportLines(checks)];
    out.line(lines.map(printable).join("\n"));
  }
  if (checks.some(({ status }) => status === "fail")) throw new ExitCode(1);
};

async function fix({ global, world, out }: DoctorInvocation, found: Examination): Promise<string[]> {
  const plan = mendable(found);
  if (plan.length === 0) return [];
  const action = {
    verb: "terminate" as const,
    resource: `or repair ${plan.length} thing(s)`,
    impact: plan.map(printable).join("; "),
  };
  if (!skipsConfirmation(global, world) && !confirmDestructive(out, action)) return [];
  return mend(found);
}
