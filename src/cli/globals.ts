import { colorEnabled } from "../console/color.ts";
import { bool, type FlagValues, text } from "../console/flags.ts";
import type { OutputSettings } from "../console/output.ts";
import type { World } from "../core/world.ts";

/** Accepted by every command, before or after its name (spec/20 section 2). */
export const globalFlags = {
  config: text("config file (default: ~/.config/forge/config.yaml)", { completes: "file" }),
  json: bool("print one JSON document"),
  jsonl: bool("print compact JSON, one value per line"),
  watch: bool("stream updates until interrupted (needs --jsonl)"),
  since: text("replay events since a duration or time, e.g. 1h or 2026-01-02"),
  verbose: bool("log at level debug", { short: "v" }),
  quiet: bool("print no success messages"),
  "no-color": bool("print no colours"),
  "no-progress": bool("print no progress lines"),
  "non-interactive": bool("never ask; take defaults"),
  yes: bool("answer yes to confirmations", { short: "y" }),
  "log-level": text("log level: debug, info, warn, error", { completes: ["debug", "info", "warn", "error"] }),
  "log-format": text("log format: json, console", { completes: ["json", "console"] }),
  chdir: text("change to this directory first", { short: "C", completes: "directory" }),
  "robot-help": bool("print the help for agents and exit"),
} as const;

/** Accepted only before a command's name. */
export const rootFlags = { version: bool("print the version and exit") } as const;

export type GlobalValues = FlagValues<typeof globalFlags & typeof rootFlags>;

/** How answers are printed, from the flags, the environment and the terminal. */
export function outputSettings(global: GlobalValues, world: World): OutputSettings {
  const json = global.json || global.jsonl;
  return {
    format: global.jsonl ? "jsonl" : global.json ? "json" : "text",
    quiet: global.quiet,
    color: colorEnabled({
      json,
      noColorFlag: global["no-color"],
      env: world.env,
      stdoutIsTerminal: () => world.isTerminal(1),
    }),
  };
}

/** Whether nobody can be asked (spec/20 section 2.1). */
export function isNonInteractive(global: GlobalValues, world: World): boolean {
  const wished = [world.env.FORGE_NON_INTERACTIVE, world.env.SWARM_NON_INTERACTIVE].some((value) =>
    value?.trim(),
  );
  return global["non-interactive"] || wished || !world.isTerminal(0) || !world.isTerminal(1);
}

/** Whether every confirmation counts as yes without being asked. */
export const skipsConfirmation = (global: GlobalValues, world: World): boolean =>
  global.yes || global.json || global.jsonl || isNonInteractive(global, world);
