import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { forgeExecutable } from "../support/forge.ts";
import { VerbsSandbox } from "./verbs-sandbox.ts";

let forge: VerbsSandbox;
beforeAll(() => {
  forge = new VerbsSandbox();
});
afterAll(() => forge[Symbol.asyncDispose]());

const NO_RUN = "no run in progress (forge verdict is called from inside a run)";

describe("forge verdict refuses (15 section 7.3 and edge cases)", () => {
  beforeAll(() => {
    const { id } = forge.loop("idle");
    forge.sql("INSERT INTO loop_runs (id, loop_id, status) VALUES ('ended', ?, 'success')", id);
  });

  test.each<[string[], string, Record<string, string>?]>([
    [["x"], 'invalid verdict "x" (expected done, continue, blocked)'],
    [["blocked"], "--reason is required for blocked"],
    [["blocked", "--reason", " "], "--reason is required for blocked"],
    [["done"], NO_RUN],
    [["done", "--loop", "idle"], NO_RUN],
    [["done"], NO_RUN, { FORGE_RUN_ID: "ended" }],
    [["done"], NO_RUN, { FORGE_RUN_ID: "of another user" }],
    [["done", "--loop", "nope"], "loop 'nope' not found"],
    [["done", "idle"], "accepts at most 1 arg(s), received 2"],
    [[], "requires at least 1 arg(s), only received 0"],
  ])("%p with exit 1: %s", async (words, message, env = {}) => {
    const loopId = forge.withDatabase((db) => db.query<{ id: string }, []>("SELECT id FROM loops").get())?.id;
    const around = { env: { FORGE_LOOP_ID: loopId ?? "", ...env } };
    const { code, stdout, stderr } = await forge.run(["verdict", ...words], around);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toStartWith(message);
  });

  test("with nothing shown before the first one", async () => {
    expect(await forge.must(["verdict", "show"])).toBe("No verdict recorded\n");
    expect(await forge.json(["verdict", "show", "idle"])).toEqual({ verdict: null });
  });
});

test("an agent that is blocked is seen everywhere, and forge resume lets its loop go on", async () => {
  const said = `${forgeExecutable} verdict --json`;
  forge.profile(
    "agent",
    `if [ -e once ]; then ${said} done --reason 'all green' >>said; else touch once; ${said} blocked --reason 'needs the\n  deploy key' >said; fi`,
  );
  await forge.must([
    "up",
    "--name",
    "alpha",
    "--profile",
    "agent",
    "--interval",
    "0s",
    "--prompt-msg",
    "x",
    "--quiet",
  ]);
  const id = (await forge.json(["ps"])).find(({ name }: { name: string }) => name === "alpha").id;
  await forge.state(id, "waiting");
  const blocked = JSON.parse(await Bun.file(`${forge.repo}/said`).text());
  expect(blocked).toMatchObject({ loop: "alpha", verdict: "blocked", reason: "needs the deploy key" });

  expect(await forge.json(["explain", "alpha"])).toMatchObject({
    is_blocked: true,
    why: "blocked: needs the deploy key",
    wait_kind: "blocked",
  });
  expect((await forge.json(["status"])).alerts.items).toMatchObject([
    {
      severity: "warning",
      type: "approval_needed",
      message: "Loop 'alpha' blocked: needs the deploy key",
    },
  ]);
  expect(await forge.must(["verdict", "show", "alpha"])).toMatch(
    new RegExp(
      `^VERDICT  RUN +TIME +REASON\nblocked  ${blocked.run_id.slice(0, 8)}  \\S+  needs the deploy key\n$`,
    ),
  );
  expect(await forge.must(["ps"])).toMatch(/ blocked: needs the deploy key\n/);
  const shown = await forge.must(["runs", "show", blocked.run_id]);
  expect(shown).toMatch(/^ {2}verdict {2}blocked: needs the deploy key$/m);
  expect(shown).toMatch(/^ {2}verdict +\+\d+\.\ds$/m);

  expect(await forge.must(["resume", "alpha"])).toStartWith('Loop "alpha" resumed');
  await forge.state(id, "stopped");
  expect(forge.now(id)?.lastError).toBe("done: all green");
  expect(await forge.json(["runs", "-n", "1"])).toMatchObject([
    { verdict: "done", verdict_reason: "all green", outcome: "ok" },
  ]);
});
