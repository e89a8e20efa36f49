import { type Entry, visibleCommands } from "../console/command.ts";
import { registryFor } from "./registry/registry.ts";

const WIDTH = 118;

/** The help for agents (spec/20 section 4.2): stable section titles, lines that can be pasted; at the end every command. */
export async function robotHelp(): Promise<string> {
  const { commands } = await registryFor([]);
  const names = visibleCommands(commands).map(withSubcommands);
  return `${GUIDE}\nAll commands (forge <command> --help tells the flags)\n${wrapped(names)}`;
}

/** `pool add|create|ls` */
const withSubcommands = (entry: Entry): string =>
  entry.kind === "command"
    ? entry.name
    : `${entry.name} ${visibleCommands(entry.commands)
        .map(({ name, kind }) => (kind === "group" ? `${name}...` : name))
        .join("|")}`;

/** Indented lines of names, as many in each as fit. */
function wrapped(names: readonly string[]): string {
  const lines: string[] = [];
  let line = "";
  for (const name of names) {
    if (line !== "" && `  ${line}, ${name}`.length > WIDTH) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? name : `${line}, ${name}`;
  }
  return [...lines, line].map((text) => `  ${text}\n`).join("");
}

const GUIDE = `Forge Robot Help

Purpose
  Forge runs an agent CLI (claude, codex, opencode, pi, droid, any command) with a prompt, again and again: a loop.
  It records every run (database, log, markdown ledger), takes operator messages, and recovers from crashes.

Quick Start (Loops)
  forge init                                         # .forge/ and PROMPT.md in this repository
  forge profile add claude --name me                 # an account with an agent CLI
  forge up --name builder --prompt PROMPT.md --profile me
  forge ps                                           # all loops
  forge logs builder -f                              # follow the log
  forge msg builder "Look at the failing test first" # joins the next prompt
  forge run builder                                  # one iteration in the foreground

Loop Runner Ownership
  --spawn-owner auto     the supervisor, started on demand, else a warning and a process of its own (default)
  --spawn-owner local    a process of its own
  --spawn-owner daemon   the supervisor, or a hard error

Detached spawn + stale-state reconciliation
  A loop goes on when the terminal closes. A run outlives its runner: the next one follows it to its end and records
  the true exit code. A loop whose runner is gone for good is shown as stopped with last_error stale_runner.

Smart Stop (Loops)
  --max-iterations 10 --max-runtime 2h --until 'make test'
  --stop-after-no-progress 3 --stop-after-failures 5
  --quantitative-stop-cmd 'make test' --quantitative-stop-exit-codes 0 --quantitative-stop-when after
  --quantitative-stop-every 2 --quantitative-stop-decision stop
  --qualitative-stop-every 5 --qualitative-stop-prompt-msg 'Print 0 if the work is finished, else 1.'
  forge verdict done --reason "..."     # in a run: the work is finished; counts if the gate command agrees
  forge verdict blocked --reason "..."  # in a run: a person is needed; the loop waits

Persistent Loop State (auto prompt injection)
  Work and memory of a loop are put into every prompt, below the prompt text.

Work
  forge work set <task-id> --status in_progress --detail "..."
  forge work current
  forge work clear
  forge work ls

Memory
  forge mem set <key> "<value>"
  forge mem get <key>
  forge mem ls
  forge mem rm <key>

Env (in loop runs)
  FORGE_LOOP_ID    the loop (default of work and mem)
  FORGE_LOOP_NAME  its name
  FORGE_RUN_ID     this run
  FMAIL_AGENT      the loop's mail address

Automation / scripting
  --json   one JSON document on standard output; errors too: {"error":{"code","message","hint"?,"details"?}}
  --jsonl  one compact JSON value per line
  Exit codes: 0 done, 1 wrong input, 2 the operation failed. --non-interactive and --yes never ask.
`;
