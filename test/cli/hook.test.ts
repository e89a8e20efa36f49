import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { SupervisedForge } from "../supervisor/support/supervised-forge.ts";
import { WebhookReceiver } from "../supervisor/support/webhook-receiver.ts";
import { Forge } from "../support/forge.ts";
import { addLoop } from "../support/loops.ts";
import { waitFor } from "../support/wait-for.ts";

const register = async (forge: Forge, ...words: string[]): Promise<string> =>
  JSON.parse(await forge.must(["hook", "on-event", ...words, "--json"])).id;

const onEvent = (...words: string[]) => ["hook", "on-event", ...words];

describe("30 section 11: bad input stores nothing", () => {
  test.each<[string[], string]>([
    [onEvent(), "exactly one of --cmd or --url is required"],
    [onEvent("--cmd", "x", "--url", "http://x"), "exactly one of --cmd or --url is required"],
    [onEvent("--url", "http://x", "--header", "a"), 'invalid header "a" (expected key=value)'],
    [onEvent("--url", "http://x", "--header", "=a"), 'invalid header "=a" (empty key)'],
    [onEvent("--url", "file:///x"), 'invalid --url value: "file:///x" (expected http://... or https://...)'],
    [onEvent("--cmd", "x", "--type", ""), "event type filter cannot be empty"],
    [onEvent("--cmd", "x", "--entity-type", "pod"), "invalid entity type: pod"],
    [onEvent("--cmd", "x", "--timeout", "1y"), 'invalid --timeout value: invalid duration "1y"'],
    [onEvent("--cmd", "x", "--timeout=-1s"), "invalid --timeout value: -1s is negative"],
    [onEvent("--url", "http://x", "--secret", "abc"), "invalid webhook secret (expected whsec_<base64>)"],
    [["hook", "rm", "nosuch"], "hook not found: nosuch"],
    [["hook", "test", ""], "hook not found: "],
    [["hook", "redeliver", "nosuch"], "event not found: nosuch"],
    [["hook", "nosuch"], "unknown hook subcommand 'nosuch'"],
  ])("%j", async (words, message) => {
    await using forge = new Forge();
    const { code, stderr, stdout } = await forge.run(words);
    expect({ code, stdout, stderr: stderr.split("\n")[0] }).toEqual({ code: 1, stdout: "", stderr: message });
    expect(existsSync(join(forge.configDir, "hooks.json"))).toBe(false);
  });
});

test("30 edge cases: hook on-event with a corrupted store: an error, and the file is untouched", async () => {
  await using forge = new Forge();
  await mkdir(forge.configDir, { recursive: true });
  const store = join(forge.configDir, "hooks.json");
  writeFileSync(store, "{ no json");
  const { code, stderr } = await forge.run(onEvent("--cmd", "x"));
  expect(code).toBe(2);
  expect(stderr).toStartWith(`failed to parse hook store: ${store}: `);
  expect(readFileSync(store, "utf8")).toBe("{ no json");
  const doctor = await forge.run(["doctor"]);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/\[✗\] hooks +failed to parse hook store: /);
});

test("hooks are listed, disabled, enabled and removed by the start of their id", async () => {
  await using forge = new Forge();
  expect(await forge.must(["hook", "ls"])).toBe("No hooks registered\n");
  expect(await forge.must(["hook", "ls", "--jsonl"])).toBe("");
  expect(await forge.must(["hook", "deliveries"])).toBe("No deliveries\n");
  const id = await register(forge, "--cmd", "true", "--type", "run.failed,loop.failed");
  expect(statSync(join(forge.configDir, "hooks.json")).mode & 0o777).toBe(0o600);
  expect(await forge.must(["hook", "ls"])).toBe(
    `ID        KIND     ENABLED  TARGET  TYPES\n${id.slice(0, 8)}  command  yes      true    run.failed,loop.failed\n`,
  );
  const start = id.slice(0, 5);
  expect(await forge.must(["hook", "disable", start])).toBe(`Hook disabled: ${id}\n`);
  expect(JSON.parse(await forge.must(["hook", "ls", "--json"]))).toMatchObject([{ id, enabled: false }]);
  expect(await forge.must(["hook", "enable", start])).toBe(`Hook enabled: ${id}\n`);
  expect(await forge.must(["hook", "rm", start])).toBe(`Hook removed: ${id}\n`);
  expect(await forge.must(["hook", "ls", "--json"])).toBe("[]\n");
  expect(existsSync(forge.dataDir)).toBe(false);
});

test("16 processes register hooks at once, and each is stored", async () => {
  await using forge = new Forge();
  const ids = await Promise.all(Array.from({ length: 16 }, () => register(forge, "--cmd", "true")));
  const stored: { id: string }[] = JSON.parse(await forge.must(["hook", "ls", "--json"]));
  expect(stored.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
});

test("hook test calls a hook with a made-up event, also one that is disabled", async () => {
  await using forge = new Forge();
  await using receiver = new WebhookReceiver(200);
  await register(forge, "--url", receiver.url, "--disabled");
  const [{ id }] = JSON.parse(await forge.must(["hook", "ls", "--json"]));
  expect(await forge.must(["hook", "test", id])).toBe("ok\n");
  expect(receiver.types).toEqual(["hook.test"]);
  const failing = await register(forge, "--cmd", "echo on output; exit 4");
  expect(await forge.run(["hook", "test", failing, "--json"])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"message": "hook test: exit status 4: on output"'),
    stderr: "on output\n",
  });
});

test("without a supervisor the command that makes something happen tells hooks, outside of its answer", async () => {
  await using forge = new Forge();
  addLoop(forge, { name: "early" });
  await register(forge, "--cmd", 'echo "told of $FORGE_EVENT_TYPE"; exit 1');
  addLoop(forge, { name: "late" });
  const { code, stdout, stderr } = await forge.run(["rm", "late", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ removed: 1 });
  // What was stored before the first hook is none of its business.
  const told = stderr.split("\n").filter((line) => line.startsWith("told of"));
  expect(told.toSorted()).toEqual(["told of loop.created", "told of loop.removed"]);
  expect(stderr).toContain("warning: hook failed: hook=");
  const dead: { event_id: string }[] = JSON.parse(
    await forge.must(["hook", "deliveries", "--dead", "--json"]),
  );
  expect(dead.length).toBe(2);
  const again = await forge.run(["hook", "redeliver", dead[0]?.event_id ?? ""]);
  expect(again).toMatchObject({ code: 0, stdout: "Redelivery queued\n" });
  expect(again.stderr).toContain("told of loop.created");
});

test("a run in the foreground and a loop in a process of its own tell hooks while they go on", async () => {
  await using forge = await SupervisedForge.make();
  await register(forge, "--cmd", `echo $FORGE_EVENT_TYPE >> ${forge.path("told")}`, "--entity-type", "run");
  forge.profile([["await", forge.path("go")]]);
  const told = (types: string[]) =>
    waitFor(() => forge.lines("told").join() === types.join(), { what: `hooks to be told of ${types}` });
  forge.loop({ maxIterations: 1 });
  const run = forge.run(["run", "alpha"]);
  await told(["run.started"]);
  forge.touch("go");
  expect((await run).code).toBe(0);
  expect(forge.lines("told")).toEqual(["run.started", "run.finished"]);
  expect(forge.isSupervised).toBe(false);
  await forge.must(["resume", "alpha", "--spawn-owner", "local"]);
  await told(["run.started", "run.finished", "run.started", "run.finished"]);
  expect(forge.isSupervised).toBe(false);
});

test("the supervisor tells hooks of loops and runs while a hook hangs, and after kill -9 tells again what was not done", async () => {
  await using forge = await SupervisedForge.make();
  await using receiver = new WebhookReceiver("hang", 200);
  await register(forge, "--url", receiver.url, "--type", "run.started");
  await register(forge, "--cmd", `echo $FORGE_EVENT_TYPE >> ${forge.path("told")}`, "--entity-type", "loop");
  forge.profile([]);
  const loop = forge.loop();
  await forge.must(["resume", "alpha"]);
  await receiver.untilCalled(1);
  // The loop goes on while the first call hangs.
  await waitFor(() => forge.runs(loop).length >= 3, { what: "three runs" });
  const first = JSON.parse(receiver.calls[0]?.body ?? "").id;
  await forge.killSupervisor();
  await forge.must(["daemon", "start"]);
  await waitFor(() => receiver.calls.filter(({ body }) => JSON.parse(body).id === first).length === 2, {
    what: "the event to be told again",
  });
  await forge.must(["stop", "alpha"]);
  await waitFor(() => forge.lines("told").includes("loop.stopped"), {
    what: "the end of the loop to be told",
  });
  expect(forge.lines("told")).toEqual(
    expect.arrayContaining(["loop.started", "run.started", "run.finished"]),
  );
});
