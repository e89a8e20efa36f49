import { noArguments } from "../../console/command.ts";
import { bool } from "../../console/flags.ts";
import { command } from "../invocation.ts";

export const doctorFlags = {
  fix: bool("end processes that runs have left, remove stale files, make missing parts of the schema again"),
} as const;

export const doctor = command({
  name: "doctor",
  summary: "Check that everything that Forge needs is well",
  description: "Checks programs, configuration, database and supervisor. Exits 1 when a check has failed.",
  arity: noArguments,
  flags: doctorFlags,
  // A broken configuration is one of the things that it tells.
  withoutConfig: true,
  load: () => import("../commands/doctor.ts"),
});
