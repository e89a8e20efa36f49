import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { SGR } from "../../console/color.ts";
import type { Output } from "../../console/output.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { formatDuration } from "../../core/duration.ts";
import { invalid } from "../../core/errors.ts";
import type { World } from "../../core/world.ts";
import { DEMO_PROMPT, DEMO_TODO } from "../demo/agent.ts";
import { Stage } from "../demo/stage.ts";
import { installedAgents } from "../installed-agents.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { demoFlags } from "../registry/demo.ts";

const ITERATIONS = 4;
const LEDGER = ".forge/ledgers/demo.md";
const WISHED_FILE = "NOTES.md";
const WISH = `Please write the file ${WISHED_FILE}`;

/** How long the scripted agent takes over a line, and the loop between two runs, at speed 1; in milliseconds. */
const PACE_MS = 500;
const INTERVAL_MS = 1000;

/** Ctrl-C, a closed terminal, and whoever else wants it to end. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

type DemoInvocation = Invocation<typeof demoFlags>;

/** Shows the main job on a throw-away repository: an agent that runs again and again, steered, and what Forge keeps of it. */
export const run: Run<typeof demoFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  if (flags.speed < 1) throw invalid("--speed must be at least 1");
  const stage = new Stage(world);
  let interruption: NodeJS.Signals | undefined;
  const interrupt = (signal: NodeJS.Signals) => {
    interruption = signal;
    stage.interrupt();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    await perform(invocation, stage);
    await (flags.keep ? stage.end() : stage.clear());
  } catch (thrown) {
    if (interruption) {
      await stage.clear();
      throw new ExitCode(128 + constants.signals[interruption]);
    }
    await stage.end();
    out.note(`The folder of the demo is kept: ${stage.folder}`);
    throw thrown;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
};

async function perform({ flags, world, out }: DemoInvocation, stage: Stage): Promise<void> {
  const started = world.now();
  const show = new Show(out);
  await prepare(stage, show, flags.speed);
  await iterate(stage, show, flags.speed);
  const commits = await showRecords(stage, show);
  if (out.isJson) {
    out.json({
      ok: true,
      runs: ITERATIONS,
      commits,
      steered: existsSync(join(stage.repo, WISHED_FILE)),
      seconds: Math.round((world.now() - started) / 100) / 10,
      ...(flags.keep ? { path: stage.folder } : {}),
    });
    return;
  }
  if (flags.keep) show.say(`\nThe demo is kept in ${stage.folder}`);
  show.step("your turn", "in a repository of yours");
  if (!isOnPath(world))
    show.say(
      `  mkdir -p ~/.local/bin && ln -s '${world.executable}' ~/.local/bin/forge    # your shell's PATH`,
    );
  show.say(`  forge init && \${EDITOR:-vi} PROMPT.md`);
  const [agent] = installedAgents(world);
  if (agent === undefined)
    show.say("  npm install -g @anthropic-ai/claude-code    # or codex, opencode, pi, ...");
  show.say(`  forge profile add ${agent ?? "claude"} --name me`);
  show.say("  forge up --name first --profile me && forge logs first -f");
}

/** Whether the caller's shell finds `forge` by its name; `npx` puts it on the PATH only while it runs. */
function isOnPath({ env }: World): boolean {
  const found = Bun.which("forge", { PATH: env.PATH ?? "" });
  return found !== null && !found.includes("/node_modules/");
}

async function prepare(stage: Stage, show: Show, speed: number): Promise<void> {
  show.step("git init && forge init", "a repository with a to-do list and a prompt");
  await stage.git("init", "-q", "-b", "main");
  await stage.forge("init");
  stage.write("TODO.md", DEMO_TODO);
  stage.write("PROMPT.md", DEMO_PROMPT);
  await stage.git("add", "-A");
  await stage.git("commit", "-q", "-m", "A repository to work on");

  show.step(
    "forge profile add generic --name demo",
    "an agent: here a scripted one, else claude, codex, pi, ...",
  );
  await stage.forge(
    ...["profile", "add", "generic", "--name", "demo", "--prompt-mode", "env"],
    ...["--env", `FORGE_DEMO_PACE_MS=${Math.round(PACE_MS / speed)}`, "--command", stage.agentCommand],
  );
}

/** Four runs, the third of them steered by a message; the log is shown while it grows. */
async function iterate(stage: Stage, show: Show, speed: number): Promise<void> {
  const interval = formatDuration(Math.round(INTERVAL_MS / speed));
  show.step(
    `forge up --name demo -i ${ITERATIONS} --interval ${interval}`,
    "a loop: this prompt, that agent",
  );
  await stage.forge("up", "--name", "demo", "-i", String(ITERATIONS), "--interval", interval);
  show.step("forge logs demo -f", "what the agent does, live");
  const stopWatching = show.isSilent
    ? async () => {}
    : stage.watch(["logs", "demo", "-f", "--quiet"], (bytes) => show.bytes(bytes));
  try {
    await stage.forge("wait", "--loop", "demo", "--until", "runs=2");
    show.step(`forge msg demo --now "${WISH}"`, "steer it between two runs: the loop wakes at once");
    await stage.forge("msg", "demo", "--now", WISH);
    await stage.forge("wait", "--loop", "demo", "--until", "stopped");
  } finally {
    await stopWatching();
  }
}

/** What is left of it all. The answer is the number of commits. */
async function showRecords(stage: Stage, show: Show): Promise<number> {
  show.step("forge ps", "the loop, with its runs counted");
  show.lines(await stage.forge("ps"));
  show.step(`tail ${LEDGER}`, "what happened, kept with the repository");
  const ledger = stage.read(LEDGER);
  show.lines(ledger.slice(Math.max(0, ledger.lastIndexOf("\n## ") + 1)));
  show.step("git log --oneline", "the work itself");
  const commits = await stage.git("log", "--oneline");
  show.lines(commits ?? "git is not usable here: the files are there, the commits are not");
  return commits?.trim().split("\n").length ?? 0;
}

/** Tells the demo to a person; silent for JSON and `--quiet`. */
class Show {
  readonly isSilent: boolean;

  constructor(private readonly out: Output) {
    this.isSilent = out.isJson || out.quiet;
  }

  step(command: string, meaning: string): void {
    this.say(`\n${this.out.paint(SGR.bold, `==> ${command}`)}  ${this.out.paint(SGR.dim, `# ${meaning}`)}`);
  }

  lines(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.say(printable(line));
  }

  say(text: string): void {
    if (!this.isSilent) this.out.line(text);
  }

  /** What forge itself has made fit to be shown. */
  bytes(bytes: Uint8Array): void {
    if (!this.isSilent) this.out.writeBytes(bytes);
  }
}
