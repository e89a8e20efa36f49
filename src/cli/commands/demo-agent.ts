import { runDemoAgent } from "../demo/agent.ts";
import type { Run } from "../invocation.ts";

/** The scripted agent of the demo, as a harness starts it. */
export const run: Run<Record<never, never>> = ({ world, out }) => {
  runDemoAgent({
    repo: world.cwd,
    prompt: world.env.FORGE_PROMPT_CONTENT ?? "",
    say: (line) => {
      out.line(line);
      // At the pace of a reader: the demo is there to be watched.
      Bun.sleepSync(Number(world.env.FORGE_DEMO_PACE_MS) || 0);
    },
    git: (...words) => {
      try {
        const { exitCode, stdout } = Bun.spawnSync(["git", ...words], { stdin: "ignore" });
        return exitCode === 0 ? stdout.toString() : undefined;
      } catch {
        return undefined;
      }
    },
  });
};
