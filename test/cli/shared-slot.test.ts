import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";
import { waitFor } from "../support/wait-for.ts";

interface Shown {
  name: string;
  runs: number;
  state: string;
  metadata: Record<string, unknown>;
}

const loopsOf = async (forge: Forge): Promise<Shown[]> => JSON.parse(await forge.must(["ps", "--json"]));

const addProfile = (forge: Forge, command: string) =>
  forge.must(["profile", "add", "generic", "--name", "one", "--prompt-mode", "env", "--command", command]);

/** A loop `a` that has run so often and has stopped. */
async function ranAndStopped(forge: Forge, iterations: number): Promise<void> {
  const limits = ["-i", String(iterations), "--interval", "0s"];
  await forge.must(["up", "--name", "a", "--profile", "one", "--prompt-msg", "x", ...limits]);
  await forge.must(["wait", "--loop", "a", "--until", "stopped"]);
}

test("10 section 6.1: loops in processes of their own share a single slot, none of them starves", async () => {
  await using forge = new Forge();
  await addProfile(forge, "sleep 0.05");
  for (const name of ["a", "b", "c"])
    await forge.must([
      ...["up", "--name", name, "--profile", "one", "--prompt-msg", "x", "--interval", "0s"],
      ...["--spawn-owner", "local"],
    ]);
  const allRan = async () => (await loopsOf(forge)).every(({ runs }) => runs >= 2);
  await waitFor(allRan, { what: "two runs of each loop", timeoutMs: 30_000 });
  await forge.must(["kill", "--all"]);
});

test("10 section 2.1: resume while somebody runs the loop is an error, and changes nobody's ownership", async () => {
  await using forge = new Forge();
  await addProfile(forge, "touch started; sleep 2");
  await ranAndStopped(forge, 1);
  await forge.program(["rm", "started"]);
  const running = forge.run(["run", "a"]);
  await waitFor(() => existsSync(join(forge.repo, "started")), { what: "the run in the foreground" });
  const [before] = await loopsOf(forge);
  const { code, stderr } = await forge.run(["resume", "a"]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'loop "a" is running; only stopped or errored loops can be resumed\n',
  });
  const [after] = await loopsOf(forge);
  expect(after?.metadata.runner_instance_id).toBe(before?.metadata.runner_instance_id);
  expect((await running).code).toBe(0);
});

test("20 section 13: rm takes the folders of runs along, which hold prompts and output; log and ledger stay", async () => {
  await using forge = new Forge();
  await addProfile(forge, "echo said");
  await ranAndStopped(forge, 2);
  const runs = join(forge.dataDir, "runs");
  expect(readdirSync(runs)).toHaveLength(2);
  await forge.must(["rm", "a"]);
  expect(readdirSync(runs)).toEqual([]);
  expect(existsSync(join(forge.dataDir, "logs/loops/a.log"))).toBe(true);
  expect(existsSync(join(forge.repo, ".forge/ledgers/a.md"))).toBe(true);
});
