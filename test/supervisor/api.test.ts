import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { LoopId } from "../../src/core/ids.ts";
import { RunningForge } from "../support/running-forge.ts";
import { waitFor } from "../support/wait-for.ts";
import { EventClient } from "./support/event-client.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
beforeEach(async () => {
  forge = await SupervisedForge.make();
});
afterEach(() => forge[Symbol.asyncDispose]());

const ask = async (method: string, path: string, body?: unknown) => {
  const response = await forge.request(method, path, body);
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
};

/** A loop that was started, has run once and sleeps. */
async function sleepingLoop(name = "alpha") {
  forge.profile([["print", "hello"]], { name: `p-${name}`, maxConcurrency: 0 });
  await forge.must(["up", "--name", name, "--interval", "1h"]);
  const loop = forge.named(name);
  await waitFor(() => forge.read(loop).state === "sleeping", { what: "the loop to sleep" });
  return loop;
}

/** A loop whose harness runs until the file `go` exists. */
async function runningLoop(name = "alpha") {
  forge.profile(
    [
      ["mark", forge.path("ran")],
      ["await", forge.path("go")],
    ],
    { name: `p-${name}` },
  );
  await forge.must(["up", "--name", name, "--interval", "1h"]);
  await waitFor(() => forge.lines("ran").length === 1, { what: "the harness" });
  return forge.named(name);
}

describe("asking (spec/10 section 16)", () => {
  test("ping says who it is", async () => {
    await forge.must(["daemon", "start"]);
    const { pid, instance_id, version, started_at } = forge.supervisor;
    expect(await ask("GET", "/v1/ping")).toEqual({
      status: 200,
      body: {
        ...{ name: "forged", api: 1, version, pid, instance_id, data_dir: forge.dataDir, started_at },
        ...{ socket: join(forge.dataDir, "forged.sock"), resumed: 0, left_behind: 0 },
      },
    });
  });

  test("status counts loops and runs", async () => {
    await sleepingLoop("sleeper");
    await runningLoop("runner");
    expect(await forge.status()).toMatchObject({
      uptime_seconds: expect.any(Number),
      draining: false,
      loops: { total: 2, running: 1, sleeping: 1, waiting: 0 },
      runs: 1,
      rss_bytes: expect.any(Number),
    });
    // It has something to do.
    expect(await forge.status()).not.toHaveProperty("idle_exit_at");
  });

  test("loops tells of each what it does", async () => {
    const sleeper = await sleepingLoop("sleeper");
    const runner = await runningLoop("runner");
    const { instance_id } = forge.supervisor;
    const loops = await waitFor(
      async () => {
        const all = await forge.hosted();
        return all.some(({ run }) => run?.pid !== undefined) && all;
      },
      { what: "the start of the run to be recorded" },
    );
    expect(loops.find(({ name }) => name === "sleeper")).toEqual({
      ...{ loop_id: sleeper.id, name: "sleeper", instance_id, state: "sleeping" },
      next_wake_at: expect.stringMatching(/Z$/),
    });
    const shown = loops.find(({ name }) => name === "runner");
    expect(shown).toEqual({
      ...{ loop_id: runner.id, name: "runner", instance_id, state: "running" },
      run: {
        run_id: forge.lines("ran")[0] ?? "",
        pid: expect.any(Number),
        started_at: expect.stringMatching(/Z$/),
        profile: "p-runner",
      },
    });
    expect(await ask("GET", `/v1/loops/${runner.id}`)).toEqual({ status: 200, body: shown });
  });

  test("a loop that waits for a profile says so", async () => {
    await runningLoop("runner");
    await forge.must(["up", "--name", "waiter", "--profile", "p-runner"]);
    await forge.untilState(forge.named("waiter"), "waiting");
    const waiter = (await forge.hosted()).find(({ name }) => name === "waiter");
    expect(waiter).toMatchObject({ state: "waiting", wait_kind: "profile" });
  });
});

describe("errors are the envelope with the status of their kind", () => {
  const unknown = "00000000-0000-4000-8000-000000000000";
  test.each([
    ["GET", "/v1/nothing", undefined, 404, "ERR_NOT_FOUND", "not found: GET /v1/nothing"],
    ["DELETE", "/v1/loops", undefined, 404, "ERR_NOT_FOUND", "not found: DELETE /v1/loops"],
    ["GET", `/v1/loops/${unknown}`, undefined, 404, "ERR_NOT_FOUND", `loop runner "${unknown}" not found`],
    [
      "POST",
      `/v1/loops/${unknown}/start`,
      { reason: "up" },
      404,
      "ERR_NOT_FOUND",
      `loop '${unknown}' not found`,
    ],
    ["POST", "/v1/loops/%20/start", { reason: "up" }, 400, "ERR_INVALID", "loop_id is required"],
    [
      "POST",
      `/v1/loops/${unknown}/start`,
      {},
      400,
      "ERR_INVALID",
      "invalid reason: must be one of up, resume, scale",
    ],
    [
      "POST",
      `/v1/loops/${unknown}/stop`,
      { force: 1 },
      400,
      "ERR_INVALID",
      "invalid force: must be true or false",
    ],
    [
      "POST",
      `/v1/loops/${unknown}/stop`,
      { wait_ms: -1 },
      400,
      "ERR_INVALID",
      "invalid wait_ms: must be a whole number >= 0",
    ],
    ["POST", "/v1/poke", { loops: "all" }, 400, "ERR_INVALID", "invalid loops: must be a list of ids"],
    ["POST", "/v1/poke", [], 400, "ERR_INVALID", "invalid request body: must be a JSON object"],
    [
      "POST",
      "/v1/shutdown",
      { mode: "hard" },
      400,
      "ERR_INVALID",
      "invalid mode: must be one of drain, now, handover",
    ],
    [
      "GET",
      "/v1/events?since=yesterday",
      undefined,
      400,
      "ERR_INVALID",
      "invalid since: must be a whole number >= 0",
    ],
  ])("%s %s %j", async (method, path, body, status, code, message) => {
    await forge.must(["daemon", "start"]);
    expect(await ask(method, path, body)).toEqual({ status, body: { error: { code, message } } });
  });

  test("a body that is not JSON, and one above 1 MiB", async () => {
    await forge.must(["daemon", "start"]);
    const send = async (body: string | ReadableStream) => {
      const { socket } = forge.supervisor;
      const response = await fetch("http://forged/v1/poke", { method: "POST", body, unix: socket });
      return [response.status, ((await response.json()) as { error: { message: string } }).error.message];
    };
    expect(await send("{")).toEqual([400, "invalid request body: not JSON"]);
    expect(await send("x".repeat(1024 * 1024 + 1))).toEqual([
      413,
      "request body must be at most 1048576 bytes",
    ]);
    // Without a length that says so before.
    const chunks = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 40; sent++) controller.enqueue(new Uint8Array(32 * 1024).fill(0x20));
        controller.close();
      },
    });
    expect(await send(chunks)).toEqual([413, "request body must be at most 1048576 bytes"]);
  });

  test("keys that are not known are ignored", async () => {
    await forge.must(["daemon", "start"]);
    expect(await ask("POST", "/v1/poke", { loops: [], colour: "red" })).toEqual({
      status: 204,
      body: undefined,
    });
  });
});

describe("start and stop", () => {
  test("start answers when the loop is taken, and begins its limits anew", async () => {
    forge.profile([]);
    const loop = forge.loop({ maxIterations: 1 });
    await forge.must(["daemon", "start"]);
    const { instance_id } = forge.supervisor;
    for (const runs of [1, 2]) {
      expect(await ask("POST", `/v1/loops/${loop.id}/start`, { reason: "resume" })).toEqual({
        status: 201,
        body: { loop_id: loop.id, instance_id, state: "running" },
      });
      await forge.untilState(loop, "stopped");
      expect(forge.runs(loop)).toHaveLength(runs);
    }
  });

  test("a start right after the end waits for the runner that is leaving", async () => {
    forge.profile([]);
    const loop = forge.loop({ maxIterations: 1 });
    await forge.must(["daemon", "start"]);
    for (let starts = 0; starts < 10; starts++) {
      const { status } = await ask("POST", `/v1/loops/${loop.id}/start`, { reason: "resume" });
      expect(status).toBe(201);
      await waitFor(() => forge.read(loop).state === "stopped", { what: "the end", everyMs: 1 });
    }
    expect(forge.runs(loop)).toHaveLength(10);
  });

  test("stop with force ends the run as kill does", async () => {
    const loop = await runningLoop();
    expect(await ask("POST", `/v1/loops/${loop.id}/stop`, { force: true })).toEqual({
      status: 200,
      body: { loop_id: loop.id, state: "stopped", ended: true },
    });
    expect(forge.runs(loop)).toMatchObject([{ status: "killed", exitCode: -1 }]);
    expect(forge.read(loop).lastError).toBe("operator");
    expect(forge.queue(loop)).toMatchObject([{ type: "kill_now", status: "completed" }]);
    expect(await forge.hosted()).toEqual([]);
    // It can be started again at once.
    expect((await ask("POST", `/v1/loops/${loop.id}/start`, { reason: "resume" })).status).toBe(201);
  });

  test("stop with force gives up waiting when it is told to", async () => {
    forge.profile([["mark", forge.path("ran")], ["ignore-term"], ["sleep", 30]]);
    await forge.must(["up", "--name", "alpha"]);
    const loop = forge.named("alpha");
    await waitFor(() => forge.lines("ran").length === 1, { what: "the harness" });
    const answer = await ask("POST", `/v1/loops/${loop.id}/stop`, { force: true, wait_ms: 100 });
    expect(answer.body).toMatchObject({ state: "running", ended: false });
    await forge.untilState(loop, "stopped");
  });

  test("stop without force only wakes the loop, which reads its queue", async () => {
    const loop = await sleepingLoop();
    expect((await ask("POST", `/v1/loops/${loop.id}/stop`, {})).body).toMatchObject({ ended: false });
    expect(forge.read(loop).state).toBe("sleeping");
    forge.enqueue(loop, { type: "stop_graceful", payload: {} });
    await ask("POST", `/v1/loops/${loop.id}/stop`, {});
    await forge.untilState(loop, "stopped", 200);
  });

  test("a loop that is not hosted has ended", async () => {
    await forge.must(["daemon", "start"]);
    const loop = forge.loop();
    expect((await ask("POST", `/v1/loops/${loop.id}/stop`, { force: true })).body).toEqual({
      ...{ loop_id: loop.id, state: "stopped", ended: true },
    });
  });
});

describe("pokes", () => {
  test("a poke makes a loop read its queue at once", async () => {
    const loop = await sleepingLoop();
    forge.enqueue(loop, { type: "steer_message", payload: { message: "now" } });
    await ask("POST", "/v1/poke", { loops: [loop.id] });
    await waitFor(() => forge.runs(loop).length === 2, { what: "the next run" });
  });

  test("without a poke the change is found in the database", async () => {
    const loop = await sleepingLoop();
    forge.enqueue(loop, { type: "steer_message", payload: { message: "now" } });
    await waitFor(() => forge.runs(loop).length === 2, { what: "the next run", timeoutMs: 1500 });
  });

  test("msg --now reaches a running loop at once", async () => {
    const loop = await runningLoop();
    await forge.must(["msg", "alpha", "--now", "look here"]);
    await waitFor(() => forge.runs(loop)[0]?.status === "killed", {
      what: "the interruption",
      timeoutMs: 1000,
    });
  });
});

describe("events", () => {
  test("a stream tells what happens, in order and with numbers", async () => {
    await forge.must(["daemon", "start"]);
    await using events = await EventClient.open(forge.supervisor.socket);
    forge.profile([["print", "hello"]]);
    await forge.must(["up", "--name", "alpha", "-i", "1"]);
    await events.until(({ type }) => type === "loop.stopped");
    const types = events.received.map(({ type }) => type).filter((type) => type !== "log.grown");
    expect(types.filter((type) => type !== "loop.state_changed")).toEqual([
      "loop.created",
      "loop.started",
      "run.started",
      "run.finished",
      "loop.stopped",
    ]);
    expect(types).toContain("loop.state_changed");
    const seqs = events.received.map(({ data }) => Number(data.seq));
    expect(seqs).toEqual(seqs.map((_, index) => index + (seqs[0] ?? 0)));
    expect(events.received.find(({ type }) => type === "run.finished")?.data).toMatchObject({
      entity_type: "system",
      entity_id: forge.named("alpha").id,
      payload: { status: "success", exit_code: 0, profile: "p1" },
      metadata: { kind: "run", loop_name: "alpha" },
    });
  });

  test("ps --watch follows them, and looks by itself where the supervisor is gone", async () => {
    await forge.must(["daemon", "start"]);
    await using watch = new RunningForge(forge, ["ps", "--watch", "--jsonl"]);
    await waitFor(async () => (await forge.status()).clients === 1, { what: "ps to listen" });
    forge.loop();
    expect(JSON.parse((await watch.prints(1))[0] ?? "")).toMatchObject({ name: "alpha", state: "stopped" });
    await forge.killSupervisor();
    forge.loop({ name: "beta" });
    await watch.prints(2);
    expect(await watch.ends("SIGINT")).toBe(0);
  });

  test("types and loop choose among them", async () => {
    await forge.must(["daemon", "start"]);
    forge.profile([], { maxConcurrency: 0 });
    const alpha = forge.loop({ maxIterations: 1 });
    const beta = forge.loop({ name: "beta", maxIterations: 1 });
    await using events = await EventClient.open(
      forge.supervisor.socket,
      `types=run.started,loop.stopped&loop=${beta.id}`,
    );
    await forge.must(["resume", "alpha"]);
    await forge.untilState(alpha, "stopped");
    await forge.must(["resume", "beta"]);
    await events.until(({ type }) => type === "loop.stopped");
    expect(events.received.map(({ type, data }) => [type, data.entity_id])).toEqual([
      ["run.started", beta.id],
      ["loop.stopped", beta.id],
    ]);
  });

  test("since goes on behind a number, and says so when that number is not known", async () => {
    const loop = await sleepingLoop();
    await using all = await EventClient.open(forge.supervisor.socket, "since=0");
    await all.until(({ type }) => type === "run.finished");
    const [first, second] = all.received;
    await using later = await EventClient.open(forge.supervisor.socket, `since=${first?.id}`);
    await later.until(({ type }) => type === "run.finished");
    expect(later.received[0]).toEqual(second);
    await using unknown = await EventClient.open(forge.supervisor.socket, "since=100000");
    await unknown.until(({ type }) => type === "overflow");
    expect(unknown.received).toEqual([{ id: undefined, type: "overflow", data: { missed: 0 } }]);
    expect(loop.name).toBe("alpha");
  });

  test("a queue that changes is told with the number of items that wait", async () => {
    const loop = await sleepingLoop();
    await using events = await EventClient.open(forge.supervisor.socket, "types=queue.changed");
    await forge.must(["msg", "alpha", "later"]);
    await events.until(({ type }) => type === "queue.changed");
    expect(events.received[0]?.data).toMatchObject({ entity_id: loop.id, payload: { pending: 1 } });
  });

  test("what other processes store is told too", async () => {
    await forge.must(["daemon", "start"]);
    await using events = await EventClient.open(forge.supervisor.socket);
    const loop = forge.loop();
    await events.until(({ type }) => type === "loop.created");
    expect(events.received[0]?.data.entity_id).toBe<LoopId>(loop.id);
  });

  test("streams are counted as clients, and not any more when they are closed", async () => {
    await forge.must(["daemon", "start"]);
    const events = await EventClient.open(forge.supervisor.socket);
    expect((await forge.status()).clients).toBe(1);
    await events[Symbol.asyncDispose]();
    await waitFor(async () => (await forge.status()).clients === 0, { what: "the stream to be closed" });
  });

  test("a reader that does not read holds up nobody, and is told that it missed something", async () => {
    await forge.must(["daemon", "start"]);
    const stalled = await EventClient.open(forge.supervisor.socket, "types=loop.created", { paused: true });
    const before = (await forge.status()).rss_bytes;
    for (let made = 0; made < 3000; made++)
      forge.loop({ name: `loop-${made}`, repoPath: `/${"x".repeat(3000)}` });
    await using events = await EventClient.open(forge.supervisor.socket, "since=0&types=loop.created");
    await events.until(({ data }) => data.seq === 3000);
    stalled.resume();
    await stalled.until(({ type }) => type === "overflow");
    const missed = stalled.received.find(({ type }) => type === "overflow")?.data.missed;
    expect(missed).toBeGreaterThan(1000);
    expect((await forge.status()).rss_bytes - before).toBeLessThan(150 * 1024 * 1024);
    await stalled[Symbol.asyncDispose]();
  });
});

describe("over TCP", () => {
  const token = "a-token-of-enough-length";
  let child: Bun.Subprocess | undefined;
  afterEach(() => child?.kill());

  /** A supervisor that also listens on a free port. */
  async function listening(): Promise<string> {
    const port = freePort();
    child = Bun.spawn([join(import.meta.dir, "../../dist/forge"), "daemon", "run", "--port", String(port)], {
      env: { ...forge.env, FORGE_DAEMON_TOKEN: token },
      stdio: ["ignore", "ignore", "ignore"],
    });
    await waitFor(() => forge.isSupervised, { what: "the supervisor" });
    return `127.0.0.1:${port}`;
  }

  function freePort(): number {
    using server = Bun.serve({ port: 0, fetch: () => new Response() });
    return server.port ?? 0;
  }

  const tcp = async (address: string, headers: Record<string, string>) =>
    (await fetch(`http://${address}/v1/ping`, { headers })).status;

  test("only who knows the token and means this address is let in", async () => {
    const address = await listening();
    const authorization = `Bearer ${token}`;
    expect(await tcp(address, { authorization })).toBe(200);
    expect(await tcp(address, {})).toBe(401);
    expect(await tcp(address, { authorization: "Bearer wrong" })).toBe(401);
    expect(await tcp(address, { authorization: `Bearer ${token}x` })).toBe(401);
    expect(await tcp(address, { authorization, host: "evil.example" })).toBe(401);
  });

  test("commands reach it by FORGE_DAEMON_TARGET", async () => {
    const env = { FORGE_DAEMON_TARGET: await listening(), FORGE_DAEMON_TOKEN: token };
    expect(await forge.must(["daemon", "status"], { env })).toStartWith("forged ");
    const proxy = {
      HTTP_PROXY: "http://127.0.0.1:9",
      http_proxy: "http://127.0.0.1:9",
      no_proxy: "elsewhere",
    };
    expect(await forge.must(["daemon", "status"], { env: { ...env, ...proxy } })).toStartWith("forged ");
    expect(
      (await forge.run(["daemon", "status"], { env: { ...env, FORGE_DAEMON_TOKEN: "another-long-token" } }))
        .code,
    ).toBe(3);
  });

  test("without a token it does not listen", async () => {
    expect(await forge.run(["daemon", "run", "--port", "50051"])).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "refusing to listen on 127.0.0.1:50051 without a token (set daemon.token or FORGE_DAEMON_TOKEN)\n",
    });
  });

  test("a port that is taken is an error", async () => {
    using server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const { code, stderr } = await forge.run(["daemon", "run", "--port", String(server.port)], {
      env: { FORGE_DAEMON_TOKEN: token },
    });
    expect(code).toBe(1);
    expect(stderr).toEndWith(
      `forged: failed to listen on 127.0.0.1:${server.port}: address already in use (another process may be bound to this port)\n`,
    );
    expect(forge.isSupervised).toBe(false);
  });
});
