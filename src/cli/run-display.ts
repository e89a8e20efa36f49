import { closeSync, openSync, readSync } from "node:fs";
import { colorEnabled, paintWith, SGR } from "../console/color.ts";
import type { Output } from "../console/output.ts";
import { printable } from "../console/printable.ts";
import type { Loop } from "../core/loop.ts";
import type { LoopRun } from "../core/run.ts";
import type { World } from "../core/world.ts";
import type { RunnerObserver, StartedRunNotice } from "../runner/deps.ts";
import type { GlobalValues } from "./globals.ts";
import { brushFor } from "./log-view/brush.ts";
import { renderedPrinter } from "./log-view/line-printer.ts";
import { LogView } from "./log-view/log-view.ts";
import { paletteFor } from "./log-view/palette.ts";
import { HELD_WHEN_FOLLOWING } from "./log-view/render.ts";

const BLOCK = 64 * 1024;

/**
 * Shows a run on standard error while it happens, for a person at a terminal (decision 22); undefined for everybody else.
 * Standard output stays empty.
 */
export function runDisplay(out: Output, global: GlobalValues, world: World): RunnerObserver | undefined {
  if (out.isJson || out.quiet || !world.isTerminal(2)) return undefined;
  const color = colorEnabled({
    json: false,
    noColorFlag: global["no-color"],
    env: world.env,
    stdoutIsTerminal: () => true,
  });
  const display = new RunDisplay(out, color, world);
  return {
    stateChanged: (loop) => display.tellWait(loop),
    runStarted: (notice) => display.start(notice),
    logGrown: (_loop, path, size) => display.grow(path, size),
    runFinished: (run) => display.finish(run),
  };
}

class RunDisplay {
  private readonly view: LogView;
  private shown = 0;
  private isRunning = false;

  constructor(
    private readonly out: Output,
    private readonly color: boolean,
    world: World,
  ) {
    const brush = brushFor(color, paletteFor(world.env));
    const printer = renderedPrinter({ brush, compact: false, layer: "raw", heldLimit: HELD_WHEN_FOLLOWING });
    this.view = new LogView(printer, undefined);
  }

  start({ run, profileName, logOffset }: StartedRunNotice): void {
    this.shown = logOffset;
    this.isRunning = true;
    this.out.note(this.dim(`run ${run.id.slice(0, 8)} started (profile ${printable(profileName)})`));
  }

  /** Who has asked for a run should know why there is none yet. */
  tellWait({ state, lastError }: Loop): void {
    if (state === "waiting") this.out.note(this.dim(`${printable(lastError ?? "waiting")} (Ctrl-C ends it)`));
  }

  /** Shows what the log holds beyond what was shown. */
  grow(path: string, size: number): void {
    if (!this.isRunning) return;
    const file = openSync(path, "r");
    try {
      const block = new Uint8Array(BLOCK);
      while (this.shown < size) {
        const count = readSync(file, block, 0, Math.min(BLOCK, size - this.shown), this.shown);
        if (count === 0) return;
        this.shown += count;
        this.out.noteBytes(this.view.feed(block.subarray(0, count)));
      }
    } finally {
      closeSync(file);
    }
  }

  finish({ id, status, exitCode }: LoopRun): void {
    this.isRunning = false;
    this.out.noteBytes(this.view.end());
    this.out.note(this.dim(`run ${id.slice(0, 8)} ${status} (exit ${exitCode ?? "unknown"})`));
  }

  private dim(text: string): string {
    return paintWith(this.color)(SGR.dim, text);
  }
}
