import { SGR } from "../../console/color.ts";
import type { Output } from "../../console/output.ts";
import { printable } from "../../console/printable.ts";
import { ExitCode } from "../../console/program.ts";
import { DEMO_PROMPT, DEMO_TODO } from "../demo/agent.ts";
import { Stage } from "../demo/stage.ts";
import { installedAgents } from "../installed-agents.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { demoFlags } from "../registry/demo.ts";

const ITERATIONS = 3;
const LEDGER = ".forge/ledgers/demo.md";

/** Shows the main job on a throw-away repository: an agent that runs again and again, and what Forge keeps of it. */
export const run: Run<typeof demoFlags> = async (invocation) => {
  const stage = new Stage(invocation.world);
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  process.once("SIGINT", interrupt);
  try {
    await perform(invocation, stage);
    if (!invocation.flags.keep) stage.remove();
  } catch (thrown) {
    if (interrupted) {
      stage.remove();
      throw new ExitCode(130);
    }
    invocation.out.note(`The folder of the demo is kept: ${stage.folder}`);
    throw thrown;
  } finally {
    process.off("SIGINT", interrupt);
  }
};

async function perform({ flags, world, out }: Invocation<typeof demoFlags>, stage: Stage): Promise<void> {
  const started = world.now();
  const show = new Show(out);

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
  const command = `${shellQuoted(world.executable)} __demo-agent`;
  await stage.forge(
    "profile",
    "add",
    "generic",
    "--name",
    "demo",
    "--prompt-mode",
    "env",
    "--command",
    command,
  );

  show.step("forge up --name demo --profile demo", "a loop: this prompt, that agent");
  await stage.forge("up", "--name", "demo", "--profile", "demo", "--quiet");
  for (let iteration = 1; iteration <= ITERATIONS; iteration++) {
    show.step("forge run demo", `iteration ${iteration} of ${ITERATIONS}`);
    await stage.forge("run", "demo");
    show.lines(await stage.forge("logs", "demo", "--quiet", "--no-color", "-n", "5"));
  }

  const loops = await stage.forge("ps");
  show.step("forge ps", "the loop, with its runs counted");
  show.lines(loops);
  show.step(`tail ${LEDGER}`, "what happened, kept with the repository");
  show.lines(lastEntry(stage.read(LEDGER)));
  const commits = await stage.git("log", "--oneline");
  show.step("git log --oneline", "the work itself");
  show.lines(commits ?? "git is not usable here: the files are there, the commits are not\n");

  if (out.isJson) {
    out.json({
      ok: true,
      runs: ITERATIONS,
      commits: commits?.trim().split("\n").length ?? 0,
      seconds: Math.round((world.now() - started) / 100) / 10,
      ...(flags.keep ? { path: stage.folder } : {}),
    });
    return;
  }
  if (flags.keep) show.say(`The demo is kept in ${stage.folder}`);
  show.step("your turn", "in a repository of yours");
  show.say("  forge init && $EDITOR PROMPT.md");
  show.say(`  forge profile add ${installedAgents(world)[0] ?? "claude"} --name me`);
  show.say("  forge up --name first --profile me && forge run first");
}

/** Tells the demo to a person; silent for JSON and `--quiet`. */
class Show {
  constructor(private readonly out: Output) {}

  step(command: string, meaning: string): void {
    this.say(`\n${this.out.paint(SGR.bold, `==> ${command}`)}  ${this.out.paint(SGR.dim, `# ${meaning}`)}`);
  }

  lines(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.say(printable(line));
  }

  say(text: string): void {
    if (!this.out.isJson && !this.out.quiet) this.out.line(text);
  }
}

function lastEntry(ledger: string): string {
  return ledger.slice(Math.max(0, ledger.lastIndexOf("\n## ") + 1));
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
