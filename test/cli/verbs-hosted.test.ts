import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isLocked } from "../../src/process/file-lock.ts";
import { pidExists } from "../../src/process/identity.ts";
import { listRuns } from "../../src/store/loop-runs.ts";
import { forgeExecutable } from "../support/forge.ts";
import { processesWith } from "../support/processes.ts";
import { waitFor } from "../support/wait-for.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

const LONG = "echo x >> started; sleep 60";

/** The compiled forge with loops that its supervisor hosts. */
class HostedSandbox extends VerbsSandbox {
  /** Starts a loop and waits until its agent has begun to work. */
  async up(name: string, command = LONG): Promise<void> {
    this.profile("p", command);
    await this.must(["up", "--name", name, "--profile", "p", "--prompt-msg", "work", "--interval", "60s"]);
    await waitFor(() => this.starts() > 0, { what: "the agent to start" });
  }

  /** How often an agent has started. */
  starts(): number {
    const file = join(this.repo, "started");
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
  }

  get supervisor(): number {
    return JSON.parse(readFileSync(join(this.dataDir, "forged.json"), "utf8")).pid;
  }

  /** What runs besides Forge itself. */
  agents(): number[] {
    return processesWith(this.folder).filter((pid) => !commandOf(pid).match(/^(forged|\S*\/forge)\0/));
  }

  named(name: string) {
    const loop = this.withDatabase((db) => db.query("SELECT id FROM loops WHERE name = ?").get(name));
    // A row that the test has made itself.
    return (loop as { id: NonNullable<ReturnType<VerbsSandbox["now"]>>["id"] }).id;
  }

  runs(name: string) {
    const id = this.named(name);
    return this.withDatabase((db) => listRuns(db, id)).map(({ status, exitCode }) => [status, exitCode]);
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "forged\0"; // ended in between
  }
}

describe("verbs of loops in the supervisor", () => {
  test("kill ends the agent and leaves the supervisor alone", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha", "echo x >> started; trap : TERM; while :; do sleep 0.1; done");
    const { supervisor } = forge;
    await forge.must(["kill", "alpha"]);
    expect(forge.agents()).toEqual([]);
    expect(forge.runs("alpha")).toEqual([["killed", -1]]);
    expect(forge.items(forge.named("alpha"))).toEqual(["kill_now completed"]);
    expect(forge.now(forge.named("alpha"))?.state).toBe("stopped");
    expect(forge.supervisor).toBe(supervisor);
    expect(pidExists(supervisor)).toBe(true);
  });

  test("kill ends the agent itself when the supervisor does not answer, and never signals it", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha");
    const { supervisor } = forge;
    process.kill(supervisor, "SIGSTOP");
    await forge.must(["kill", "alpha"]);
    expect(forge.agents()).toEqual([]);
    expect(forge.now(forge.named("alpha"))?.state).toBe("stopped");
    process.kill(supervisor, "SIGCONT");
    // It finds the order and does not begin a second run.
    await waitFor(() => forge.items(forge.named("alpha")).join() === "kill_now completed", {
      what: "the order",
    });
    await forge.state(forge.named("alpha"), "stopped");
    expect(forge.starts()).toBe(1);
    expect(pidExists(supervisor)).toBe(true);
  });

  test("kill of a loop whose supervisor was killed ends the agent and records the run", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha");
    process.kill(forge.supervisor, "SIGKILL");
    await waitFor(() => !isLocked(join(forge.dataDir, "forged.lock")), { what: "the supervisor to be gone" });
    await forge.must(["kill", "alpha"]);
    expect(forge.agents()).toEqual([]);
    expect(forge.runs("alpha")).toEqual([["killed", -1]]);
    expect(forge.items(forge.named("alpha"))).toEqual(["kill_now completed"]);
    expect(forge.starts()).toBe(1);
  });

  test("after a crash stop brings the supervisor back, and the run ends by itself first", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha", "echo x >> started; while [ ! -e go ]; do sleep 0.02; done");
    const old = forge.supervisor;
    process.kill(old, "SIGKILL");
    await waitFor(() => !isLocked(join(forge.dataDir, "forged.lock")), { what: "the supervisor to be gone" });
    await forge.must(["stop", "alpha"]);
    expect(forge.supervisor).not.toBe(old);
    expect(forge.items(forge.named("alpha"))).toEqual(["stop_graceful pending"]);
    writeFileSync(join(forge.repo, "go"), "");
    await forge.state(forge.named("alpha"), "stopped");
    expect(forge.runs("alpha")).toEqual([["success", 0]]);
    expect(forge.starts()).toBe(1);
  });

  test("a steer reaches a sleeping loop at once", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha", "echo x >> started");
    await forge.state(forge.named("alpha"), "sleeping");
    const began = performance.now();
    await forge.must(["msg", "alpha", "--now", "look here"]);
    await waitFor(() => forge.starts() === 2, { what: "the next run", everyMs: 2 });
    expect(performance.now() - began).toBeLessThan(20_000);
    await forge.must(["kill", "alpha"]);
  });

  test("rm --force ends the run of a loop", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha");
    expect(await forge.must(["rm", "alpha", "--force"])).toBe("Loop 'alpha' removed\n");
    expect(forge.agents()).toEqual([]);
    expect(await forge.must(["ps"])).toBe("No loops found\n");
  });

  test.each([{}, { FORGE_NO_DAEMON: "1" }])(
    "rm --force ends a run whose supervisor was killed (%p)",
    async (env) => {
      await using forge = new HostedSandbox();
      await forge.up("alpha");
      process.kill(forge.supervisor, "SIGKILL");
      await forge.must(["rm", "alpha", "--force"], { env });
      expect(forge.agents()).toEqual([]);
      expect(await forge.must(["ps"])).toBe("No loops found\n");
    },
  );

  test("resume of a loop whose supervisor was killed follows its agent instead of starting a second one", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha", "echo x >> started; while [ ! -e go ]; do sleep 0.02; done");
    process.kill(forge.supervisor, "SIGKILL");
    await waitFor(() => !isLocked(join(forge.dataDir, "forged.lock")), { what: "the supervisor to be gone" });
    expect(await forge.must(["resume", "alpha"])).toStartWith('Loop "alpha" resumed');
    writeFileSync(join(forge.repo, "go"), "");
    await waitFor(() => forge.runs("alpha").join() === "success,0", { what: "the run to be recorded" });
    expect(forge.starts()).toBe(1);
    await forge.must(["kill", "alpha"]);
  });

  test("explain asks the supervisor when the loop acts next", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha", "echo x >> started");
    await forge.state(forge.named("alpha"), "sleeping");
    const answer = await forge.json(["explain", "alpha"]);
    expect(answer).toMatchObject({
      state: "sleeping",
      is_blocked: false,
      runner: { owner: "daemon", alive: true },
    });
    expect(answer.runner.pid).toBe(forge.supervisor);
    const left = Date.parse(answer.next_action_at) - Date.now();
    expect(left).toBeGreaterThan(30_000);
    expect(left).toBeLessThanOrEqual(60_000);
    expect(await forge.must(["explain", "alpha"])).toMatch(/Next: {6}in 5\ds\n/);
  });

  test("status counts what the supervisor hosts as online", async () => {
    await using forge = new HostedSandbox();
    await forge.up("alpha");
    expect(await forge.json(["status"])).toMatchObject({
      nodes: { total: 1, online: 1, offline: 0, unknown: 0 },
      agents: { by_state: { idle: 1 } },
    });
    expect(commandOf(forge.supervisor)).not.toBe(forgeExecutable);
  });
});
