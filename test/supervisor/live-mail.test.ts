import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { foreignMessage } from "../mail/foreign-message.ts";
import { forgeExecutable } from "../support/forge.ts";
import { waitFor } from "../support/wait-for.ts";
import { SupervisedForge } from "./support/supervised-forge.ts";

let forge: SupervisedForge;
let store: string;
beforeEach(async () => {
  forge = await SupervisedForge.make();
  store = join(forge.repo, ".fmail");
  mkdirSync(store);
  forge.loop();
});
afterEach(() => forge[Symbol.asyncDispose]());

const startSupervisor = async () => {
  await forge.must(["daemon", "start"]);
  await waitFor(() => existsSync(join(store, "forged.sock")), { what: "the socket of the mailbox" });
};

/** Its last thread, which keeps the socket open, may live a moment longer than its process shows. */
async function killSupervisor(): Promise<void> {
  await forge.killSupervisor();
  const unix = join(store, "forged.sock");
  const isRefused = () =>
    Bun.connect({ unix, socket: { data() {} } }).then(
      (socket) => socket.terminate() ?? false,
      () => true,
    );
  await waitFor(isRefused, { what: "the socket to be closed" });
}

const clients = async () => (await forge.status()).clients;
const untilConnected = () =>
  waitFor(async () => (await clients()) === 1, { what: "the watcher at the socket" });

async function send(body: string, env: Record<string, string> = {}): Promise<void> {
  const { code, stderr } = await forge.fmail(["send", "task", body], { env: { FMAIL_AGENT: "bob", ...env } });
  if (code !== 0 || stderr !== "") throw new Error(`send ended with ${code}: ${stderr}`);
}

function putForeign(id: string, body: string): void {
  const [path, text] = foreignMessage("topics/task", id, { body });
  mkdirSync(dirname(join(store, path)), { recursive: true });
  writeFileSync(join(store, path), text);
}

/** A watcher whose lines can be waited for. */
function watch(...words: string[]) {
  const child = Bun.spawn([join(dirname(forgeExecutable), "fmail"), "watch", ...words], {
    cwd: forge.repo,
    env: { ...forge.env, FMAIL_AGENT: "alice" },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const seen: string[] = [];
  void (async () => {
    let rest = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split("\n");
      rest = lines.pop() ?? "";
      seen.push(...lines.map((line) => line.slice(line.indexOf(": ") + 2)));
    }
  })();
  const until = async (count: number) => {
    await waitFor(() => seen.length >= count, { what: `${count} messages, there are ${seen.length}` });
    return seen;
  };
  return { child, seen, until };
}

describe("fmail watch and the supervisor (spec/50 section 9.2)", () => {
  test("is pushed to, follows the files when the supervisor dies, and is pushed to again when it is back", async () => {
    await startSupervisor();
    const watcher = watch();
    await untilConnected();
    await send("1");
    putForeign("20010101-000000-0001", "2");
    await watcher.until(2);
    await killSupervisor();
    await send("3");
    putForeign("20010101-000000-0002", "4");
    await watcher.until(4);
    await startSupervisor();
    await untilConnected();
    await send("5");
    await send("6", { FMAIL_FORGED: "off" });
    expect(await watcher.until(6)).toEqual(["1", "2", "3", "4", "5", "6"]);
    await forge.must(["daemon", "stop"]);
    await send("7");
    expect((await watcher.until(7)).at(-1)).toBe("7");
    watcher.child.kill("SIGTERM");
    expect(await watcher.child.exited).toBe(0);
    expect(await watcher.child.stderr.text()).toBe("");
  });

  test("misses and doubles nothing while the supervisor dies and comes back under traffic", async () => {
    await startSupervisor();
    const watcher = watch();
    await untilConnected();
    const script = "for i in $(seq 1 80); do fmail send task $i >/dev/null 2>&1; done";
    const sending = forge.program(["sh", "-c", script], { env: { FMAIL_AGENT: "bob" } });
    for (const count of [10, 40]) {
      await watcher.until(count);
      await forge.killSupervisor();
      await startSupervisor();
    }
    await sending;
    const stored = (await forge.fmail(["log", "task", "-n", "0"])).stdout.split("\n").length - 1;
    await watcher.until(stored);
    expect(new Set(watcher.seen).size).toBe(80);
    expect(watcher.seen.length).toBe(stored);
  });

  test("goes on from the files when the supervisor is only stopped, not gone", async () => {
    await startSupervisor();
    const { pid } = forge.supervisor;
    process.kill(pid, "SIGSTOP");
    try {
      const { code, stderr } = await forge.fmail(["send", "task", "x"], { env: { FMAIL_AGENT: "bob" } });
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr:
          "Warning: forged connection dropped, falling back to standalone (message may be duplicated)\n",
      });
    } finally {
      process.kill(pid, "SIGCONT");
    }
  });

  test("leaves a stale socket alone without a word, and a socket that is none", async () => {
    await startSupervisor();
    await killSupervisor();
    await send("stale");
    rmSync(join(store, "forged.sock"));
    writeFileSync(join(store, "forged.sock"), "");
    await send("a file");
    const { stdout } = await forge.fmail(["log", "task"]);
    expect(stdout.split("\n")).toHaveLength(3);
  });
});

/** A port that nobody listens at just now. */
function freePort(): number {
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  probe.stop(true);
  return probe.port;
}

describe("mail over TCP (spec/50 section 10)", () => {
  test.each([
    ["a token", "daemon: { token: 0123456789abcdef }", 1],
    ["no token", "", 0],
  ])("with %s in the configuration", async (_name, daemon, connected) => {
    const port = freePort();
    await using configured = await SupervisedForge.make(`mail: { listen: "127.0.0.1:${port}" }\n${daemon}\n`);
    mkdirSync(join(configured.repo, ".fmail"));
    configured.loop();
    await configured.must(["daemon", "start"]);
    const socket = join(configured.repo, ".fmail/forged.sock");
    await waitFor(() => existsSync(socket), { what: "the socket of the mailbox" });
    const env = {
      FMAIL_AGENT: "bob",
      FMAIL_FORGED: `127.0.0.1:${port}`,
      FORGE_DAEMON_TOKEN: "0123456789abcdef",
    };
    const { code, stderr } = await configured.fmail(["send", "task", "x"], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const refused = await configured.fmail(["send", "task", "x"], {
      env: { ...env, FORGE_DAEMON_TOKEN: "no" },
    });
    expect(refused.stderr).toBe(
      connected ? "Error: forged: invalid or missing token (invalid_request)\n" : "",
    );
    const told = `mail: not listening on 127.0.0.1:${port} without a token`;
    expect(configured.supervisorLog.includes(told)).toBe(connected === 0);
  });
});
