import { loopLogPath } from "../../config/paths.ts";
import { ExitCode } from "../../console/program.ts";
import { ForgeError, invalid } from "../../core/errors.ts";
import type { Loop } from "../../core/loop.ts";
import { slug } from "../../core/slug.ts";
import { parseTimeExpression } from "../../core/time-expression.ts";
import { closeDatabase } from "../../store/database.ts";
import { findLoopByReference } from "../../store/loop-reference.ts";
import { listLoops } from "../../store/loops.ts";
import { recoverFromCrash } from "../crash-recovery.ts";
import type { Invocation, Run } from "../invocation.ts";
import { brushFor } from "../log-view/brush.ts";
import { entryPrinter, type LogEntry } from "../log-view/entry-printer.ts";
import { parseLayer } from "../log-view/layers.ts";
import { type LinePrinter, rawPrinter, renderedPrinter } from "../log-view/line-printer.ts";
import { LogWriter } from "../log-view/log-writer.ts";
import { paletteFor } from "../log-view/palette.ts";
import { HELD_WHEN_FOLLOWING, HELD_WHEN_SHOWN_ONCE } from "../log-view/render.ts";
import { followLogs, showTails } from "../log-view/show-logs.ts";
import { ShownLog } from "../log-view/shown-log.ts";
import type { logsFlags } from "../registry/logs.ts";
import { openStore } from "../store-access.ts";

type LogsInvocation = Invocation<typeof logsFlags>;

const DEFAULT_LINES = 50;

export const run: Run<typeof logsFlags> = async (invocation) => {
  const { flags, global, world, out, config } = invocation;
  // Present with any value: for scripts that want the first look of `--follow` and its end.
  const follows = flags.follow && world.env.FORGE_LOGS_FOLLOW_ONCE === undefined;
  if (follows && out.format === "json")
    throw new ForgeError("unknown", "--follow requires --jsonl output format");

  const entries: LogEntry[] = [];
  const emit = (entry: LogEntry) => (out.format === "jsonl" ? out.json(entry) : entries.push(entry));
  const newPrinter = printerFor(invocation, follows, emit);
  // An empty text is the default of the global flag, and means none.
  const since = flags.since || global.since;
  const settings = {
    lines: flags.lines > 0 ? flags.lines : DEFAULT_LINES,
    since: since ? parseTimeExpression(since, world.now()) : undefined,
    writer: new LogWriter(out, { showsNames: !out.quiet && !out.isJson }),
    clock: world.now,
  };
  const logs = (await selectedLoops(invocation)).map((loop) => {
    const path = loop.logPath ?? loopLogPath(config, slug(loop.name, loop.id));
    return new ShownLog(loop.name, path, { ...settings, newPrinter: () => newPrinter(loop.name) });
  });

  if (follows) return followLogs(logs, out);
  const isComplete = await showTails(logs, out);
  if (out.format === "json") out.json(entries);
  if (!isComplete) throw new ExitCode(1);
};

/** The loop that is named, or those of this repository (spec/20 section 5.2). */
async function selectedLoops(invocation: LogsInvocation): Promise<Loop[]> {
  const { flags, args, world } = invocation;
  const [reference] = args;
  if (!reference && !flags.all) throw invalid("loop name required (or use --all)");
  const filter = flags.all ? { repoPath: world.cwd } : {};
  const db = openStore(invocation, "read");
  try {
    const loops = reference ? [findLoopByReference(db, reference, filter)] : listLoops(db, filter);
    if (loops.length === 0) throw new ForgeError("unknown", "no loops matched");
    await recoverFromCrash(invocation, db);
    return loops;
  } finally {
    closeDatabase(db);
  }
}

function printerFor(
  { flags, world, out }: LogsInvocation,
  follows: boolean,
  emit: (entry: LogEntry) => void,
): (loop: string) => LinePrinter {
  const layer = parseLayer(flags.layer);
  if (out.isJson) return (loop) => entryPrinter(loop, layer, emit);
  if (flags.raw) return rawPrinter;
  const settings = {
    brush: brushFor(out.color, paletteFor(world.env)),
    compact: flags.compact,
    layer,
    heldLimit: follows ? HELD_WHEN_FOLLOWING : HELD_WHEN_SHOWN_ONCE,
  };
  return () => renderedPrinter(settings);
}
