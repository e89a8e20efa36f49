import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { waitFor } from "../support/wait-for.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
beforeEach(async () => {
  forge = await SupervisedForge.make();
});
afterEach(() => forge[Symbol.asyncDispose]());

test("thirty loops and a budget of ten runs: exactly ten start, the others wait; a raised budget lets more start (edge case)", async () => {
  forge.profile([], { name: "p", maxConcurrency: 0, commandTemplate: `echo x >>${forge.path("ran")}` });
  await forge.must(["budget", "set", "10 runs", "--all"]);
  await forge.must([
    "up",
    "--name-prefix",
    "loop",
    "-n",
    "30",
    "--profile",
    "p",
    "--interval",
    "0",
    "-i",
    "2",
  ]);
  const loops = Array.from({ length: 30 }, (_, index) => forge.named(`loop-${index + 1}`));
  const isDone = ({ state, lastError }: Loop) => state === "stopped" && lastError !== undefined;
  const waitOrStop = () => loops.map(forge.read).every((loop) => loop.state === "waiting" || isDone(loop));
  await waitFor(waitOrStop, { what: "all loops to wait or stop", timeoutMs: 30_000, everyMs: 50 });
  expect(forge.lines("ran")).toHaveLength(10);

  const waiting = loops.find((loop) => forge.read(loop).state === "waiting");
  if (!waiting) throw new Error("no loop waits");
  expect(forge.read(waiting)).toMatchObject({
    lastError: "waiting: budget b1 reached (10 of 10 runs per day)",
    metadata: { wait_until: expect.stringMatching(/T00:00:00Z$/) },
  });
  expect(forge.logLines(waiting).at(-1)).toBe("waiting: budget b1 reached (10 of 10 runs per day)");

  expect(await forge.must(["status"])).toContain("- [warning] Budget b1 reached (10 of 10 runs per day)\n");
  expect(await forge.must(["explain", waiting.name])).toMatch(/^Limits: .*budget b1 10 of 10 runs per day$/m);

  await forge.must(["budget", "set", "12 runs", "--all"]);
  await waitFor(() => forge.lines("ran").length >= 12 && waitOrStop(), { what: "two more runs" });
  expect(forge.lines("ran")).toHaveLength(12);
});
