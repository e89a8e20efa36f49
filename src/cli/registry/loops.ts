import { type Entry, exactly, noArguments } from "../../console/command.ts";
import { bool, duration, integer, text } from "../../console/flags.ts";
import { type AnyModule, command } from "../invocation.ts";
import { logs } from "./logs.ts";

export const runFlags = {} as const;

export const upFlags = {
  count: integer("number of loops to start", { short: "n", default: 1 }),
  name: text("name of the loop"),
  "name-prefix": text("names <prefix>-1, <prefix>-2, ..."),
  pool: text("pool that gives the profiles (name or id)", { completes: "pool" }),
  profile: text("profile that runs the loop (name or id)", { completes: "profile" }),
  prompt: text("prompt name or path", { completes: "prompt" }),
  "prompt-msg": text("the prompt itself"),
  interval: duration("pause between iterations (default: loop_defaults.interval, 30s)"),
  "initial-wait": duration("pause before the first iteration"),
  "max-runtime": duration("stop after this time (default: no limit)", { short: "r" }),
  "max-iterations": integer("stop after this many iterations (default: no limit)", { short: "i" }),
  "max-cost": text("stop when all runs have cost this much, e.g. $5 (default: no limit)"),
  "max-tokens": text("stop when all runs have used so many tokens, e.g. 2M (default: no limit)"),
  "first-output": duration("end a run that prints nothing within this time (0 = never)"),
  stall: duration("end a run that gives no sign of life for this time (default: 30m, 0 = never)"),
  "run-timeout": duration("end every run after this time (0 = never)"),
  "stop-after-no-progress": integer(
    "stop after N runs in a row that ended well and changed nothing (0 = never)",
  ),
  "stop-after-failures": integer("stop after N failed runs in a row (0 = never)"),
  until: text("stop when this shell command succeeds; asked before and after each run"),
  tags: text("labels, separated by commas"),
  "spawn-owner": text("who hosts the runner: local, daemon, auto", {
    default: "auto",
    completes: ["local", "daemon", "auto"],
  }),
  "quantitative-stop-cmd": text("shell command whose result may stop the loop"),
  "quantitative-stop-every": integer("check every N iterations", { default: 1 }),
  "quantitative-stop-when": text("check before or after a run, or both", {
    default: "before",
    completes: ["before", "after", "both"],
  }),
  "quantitative-stop-decision": text("what a match means: stop or continue", {
    default: "stop",
    completes: ["stop", "continue"],
  }),
  "quantitative-stop-exit-codes": text("matching exit codes, separated by commas"),
  "quantitative-stop-exit-invert": bool("match any other exit code"),
  "quantitative-stop-stdout": text("standard output must be: any, empty, nonempty", { default: "any" }),
  "quantitative-stop-stderr": text("standard error must be: any, empty, nonempty", { default: "any" }),
  "quantitative-stop-stdout-regex": text("standard output must match (RE2)"),
  "quantitative-stop-stderr-regex": text("standard error must match (RE2)"),
  "quantitative-stop-timeout": duration("time limit of the command"),
  "qualitative-stop-every": integer("ask the judge every N main runs"),
  "qualitative-stop-prompt": text("judge prompt, name or path", { completes: "prompt" }),
  "qualitative-stop-prompt-msg": text("the judge prompt itself"),
  "qualitative-stop-on-invalid": text("what an unclear verdict means: stop or continue", {
    default: "continue",
    completes: ["stop", "continue"],
  }),
} as const;

/** The verbs of a loop's life. */
export const loops: readonly Entry<AnyModule>[] = [
  command({
    name: "up",
    summary: "Create loops for this repository and start them",
    arity: noArguments,
    flags: upFlags,
    load: () => import("../commands/up.ts"),
  }),
  command({
    name: "run",
    summary: "Run one iteration of a loop in the foreground",
    arity: exactly(1, "<loop>", "loop"),
    flags: runFlags,
    load: () => import("../commands/run.ts"),
  }),
  logs,
];
