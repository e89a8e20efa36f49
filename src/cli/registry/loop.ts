import type { Entry } from "../../console/command.ts";
import type { AnyModule } from "../invocation.ts";
import { loops } from "./loops.ts";
import { ps } from "./ps.ts";
import { loopRun } from "./runner.ts";
import { loopVerbs } from "./verbs.ts";

/** `forge loop <verb>`, the long form of the loop verbs; here `run` is not the single iteration but the background runner. */
export const loop: Entry<AnyModule> = {
  kind: "group",
  name: "loop",
  summary: "The loop verbs by their long form",
  hidden: true,
  commands: [ps, ...loops.filter(({ name }) => name !== "run"), ...loopVerbs, loopRun],
};
