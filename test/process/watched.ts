import { join } from "node:path";
import { makeRunFolder } from "../../src/process/run-folder.ts";
import { RunWatch } from "../../src/process/watch-run.ts";
import { type StartedRun, startWrapped } from "../../src/process/wrapper.ts";
import { Sandbox } from "../support/sandbox.ts";
import { type Step, scriptedHarness } from "../support/scripted-harness.ts";

/** A run of the scripted harness in a sandbox, as a runner starts it, without any loop. */
export class WatchedRun extends Sandbox {
  readonly runId = crypto.randomUUID();
  readonly runFolder = makeRunFolder(join(this.dataDir, "runs", this.runId));

  start = (...steps: Step[]) => this.startCommand(scriptedHarness(...steps));

  startCommand(command: string) {
    const { identity, gone } = startWrapped({
      command,
      cwd: this.repo,
      env: { ...this.env, FORGE_RUN_ID: this.runId },
      folder: this.runFolder,
      readsPrompt: false,
    });
    return { identity, gone, runId: this.runId, leader: identity };
  }

  /** Follows a run to its end; without `gone` as one that was adopted. */
  end({ identity, gone }: Pick<ReturnType<WatchedRun["start"]>, "identity"> & { gone?: StartedRun["gone"] }) {
    return new RunWatch({ folder: this.runFolder, process: identity, gone, onOutput: () => {} }).ended;
  }
}
