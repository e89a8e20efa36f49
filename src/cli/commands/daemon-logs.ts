import { supervisorLogPath } from "../../config/paths.ts";
import { readTail } from "../../process/tail.ts";
import type { Run } from "../invocation.ts";
import { rawPrinter } from "../log-view/line-printer.ts";
import { LogWriter } from "../log-view/log-writer.ts";
import { followLogs, showTails } from "../log-view/show-logs.ts";
import { ShownLog } from "../log-view/shown-log.ts";
import type { daemonLogsFlags } from "../registry/daemon.ts";

const DEFAULT_LINES = 50;

export const run: Run<typeof daemonLogsFlags> = async ({ flags, config, world, out }) => {
  const path = supervisorLogPath(config);
  const lines = flags.lines > 0 ? flags.lines : DEFAULT_LINES;
  if (out.isJson && !flags.follow) {
    const tail = await readTail(path, lines);
    return out.jsonList(tail === "" ? [] : tail.split("\n"));
  }
  const log = new ShownLog("forged", path, {
    lines,
    since: undefined,
    writer: new LogWriter(out, { showsNames: false }),
    clock: world.now,
    newPrinter: rawPrinter,
  });
  if (flags.follow) await followLogs([log], out);
  else await showTails([log], out);
};
