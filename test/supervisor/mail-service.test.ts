import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAgent } from "../../src/mail/store/agents.ts";
import { MailService, type MailServiceDeps } from "../../src/supervisor/mail/mail-service.ts";
import { TemporaryStore } from "../mail/temporary-store.ts";
import { waitFor } from "../support/wait-for.ts";
import { WireClient } from "./support/wire-client.ts";

let mail: TemporaryStore;
let service: MailService;
const warnings: string[] = [];

const serve = (deps: Partial<MailServiceDeps> = {}) =>
  new MailService({
    repositories: () => [mail.root],
    now: Date.now,
    random: Math.random,
    warn: (text) => warnings.push(text),
    ...deps,
  });

beforeEach(async () => {
  warnings.length = 0;
  mail = new TemporaryStore();
  mkdirSync(mail.folder);
  mail.put("project.json", '{"id":"proj-1","created":"2026-01-10T15:30:00Z"}');
  service = serve();
  await service.look();
});
afterEach(() => {
  service[Symbol.dispose]();
  mail[Symbol.dispose]();
});

const socket = () => ({ unix: join(mail.folder, "forged.sock") });
const connect = (...lines: (string | object)[]) => WireClient.connect(socket(), ...lines);

/** The only answer to a request, after which the connection is closed. */
async function ask(line: string | object): Promise<unknown> {
  using client = await connect(line);
  await client.closed();
  expect(client.lines).toHaveLength(1);
  return JSON.parse(client.lines[0] ?? "");
}

const refusal = (code: string, message: string) => ({ ok: false, error: { code, message } });
const send = { cmd: "send", agent: "alice", to: "task", body: "hi" };

describe("50 section 10.1: what is wrong with a request is answered and ends the connection", () => {
  test.each<[string, object | string, unknown]>([
    ["no JSON", "hello\n", refusal("invalid_request", "invalid json")],
    ["a list", "[]\n", refusal("invalid_request", "invalid json")],
    ["no command", { agent: "alice" }, refusal("invalid_request", "missing cmd")],
    ["an unknown command", { cmd: "delete", agent: "a" }, refusal("invalid_request", "unknown cmd")],
    ["no agent", { cmd: "send" }, refusal("invalid_agent", "invalid agent")],
    ["a wrong agent", { ...send, agent: "a b" }, refusal("invalid_agent", "invalid agent")],
    ["the agent before the command", { cmd: "delete" }, refusal("invalid_agent", "invalid agent")],
    ["another project", { ...send, project_id: "x" }, refusal("invalid_project", "project id mismatch")],
    ["no target", { ...send, to: " " }, refusal("invalid_topic", "invalid target")],
    ["a wrong topic", { ...send, to: "../x" }, refusal("invalid_topic", "invalid topic name")],
    ["a wrong recipient", { ...send, to: "@a b" }, refusal("invalid_agent", "invalid agent name")],
    ["a target of another kind", { ...send, to: 1 }, refusal("invalid_request", "invalid send request")],
    ["no body", { ...send, body: undefined }, refusal("invalid_request", "missing body")],
    ["a wrong priority", { ...send, priority: "urgent" }, refusal("invalid_request", "invalid priority")],
    ["a wrong tag", { ...send, tags: ["a b"] }, refusal("invalid_request", "invalid tag: a b")],
    ["tags of another kind", { ...send, tags: "a" }, refusal("invalid_request", "invalid send request")],
    [
      "a wrong since",
      { cmd: "watch", agent: "a", since: "soon" },
      refusal("invalid_request", "invalid since"),
    ],
    [
      "a topic of another kind",
      { cmd: "watch", agent: "a", topic: [] },
      refusal("invalid_request", "invalid watch request"),
    ],
    [
      "a since of another kind",
      { cmd: "relay", agent: "a", since: 5 },
      refusal("invalid_request", "invalid relay request"),
    ],
    [
      "a wrong topic to watch",
      { cmd: "watch", agent: "a", topic: "a b" },
      refusal("invalid_topic", "invalid topic name"),
    ],
    [
      "a message above 1 MiB",
      { ...send, body: "x".repeat(1_048_500) },
      refusal("too_large", "message exceeds size limit"),
    ],
    ["a line above the limit", "x".repeat(1_200_000), refusal("too_large", "message exceeds size limit")],
  ])("%s", async (_name, line, answer) => {
    expect(await ask(line)).toEqual(answer);
    expect(mail.files()).toEqual(["forged.sock", "project.json"]);
  });

  test("req_id comes back, also with an error", async () => {
    expect(await ask({ ...send, req_id: "c1" })).toMatchObject({ ok: true, req_id: "c1" });
    expect(await ask({ ...send, to: "", req_id: "c2" })).toMatchObject({ ok: false, req_id: "c2" });
  });
});

describe("50 section 10.2: send", () => {
  test("stores as the command does, then answers with the id", async () => {
    const request = { ...send, agent: "Alice", host: "far", project_id: "proj-1", to: "Task" };
    const labels = { priority: "HIGH", tags: ["B", "b", " "], reply_to: " 20260110-153000-0001 " };
    const answer = await ask({ ...request, ...labels, body: { b: 1, a: [2.5] } });
    const { id } = answer as { id: string };
    expect(answer).toEqual({ ok: true, id });
    expect(mail.text(`topics/task/${id}.json`)).toBe(`{
  "id": "${id}",
  "from": "alice",
  "to": "task",
  "time": "${JSON.parse(mail.text(`topics/task/${id}.json`)).time}",
  "body": {
    "a": [
      2.5
    ],
    "b": 1
  },
  "reply_to": "20260110-153000-0001",
  "priority": "high",
  "host": "far",
  "tags": [
    "b"
  ]
}`);
    expect(await readAgent(mail.store, "alice")).toMatchObject({ name: "alice", host: "far" });
  });

  test("takes null as a body, and a client that closes its side before the answer", async () => {
    using client = await connect({ ...send, body: null });
    client.shutdown();
    const [answer] = await client.answers(1);
    expect(JSON.parse(mail.text(`topics/task/${answer?.id}.json`)).body).toBeNull();
  });

  test("many at once are all stored, each under an id of its own", async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, async () => (await ask(send)) as { id: string }),
    );
    expect(new Set(ids.map(({ id }) => id)).size).toBe(50);
  });
});

describe("50 section 10.3: watch", () => {
  test("answers, then gives the whole history by id, then what is sent and what others write to the disk", async () => {
    mail.putMessage("topics/b", "20260110-153000-0002", { body: 2 });
    mail.putMessage("topics/a", "20260110-153000-0001", { body: 1 });
    mail.putMessage("dm/bob", "20260110-153000-0003", { body: 3 });
    mail.putMessage("dm/eve", "20260110-153000-0004", { body: "not for bob" });
    using client = await connect({ cmd: "watch", agent: "bob", topic: "*", req_id: "w" });
    expect(await client.bodies(3)).toEqual([1, 2, 3]);
    expect((await client.answers(1))[0]).toEqual({ ok: true, req_id: "w" });
    await ask({ ...send, to: "@eve", body: "neither" });
    await ask({ ...send, body: 4 });
    await client.bodies(4);
    mail.putMessage("topics/new", "20010101-000000-0001", { body: 5 });
    await client.bodies(5);
    await mail.send("@bob", "6");
    expect(await client.bodies(6)).toEqual([1, 2, 3, 4, 5, "6"]);
  });

  test.each<[string, object, unknown[]]>([
    ["since an id", { since: "20260110-153000-0001" }, [2]],
    ["since a time, strictly", { since: "2026-01-10T15:30:00Z" }, []],
    ["since a time before all", { since: "2026-01-10T15:29:59.999Z" }, [1, 2]],
    ["of one topic", { topic: "a" }, [1]],
    ["of the box of another agent", { topic: "@eve" }, [3]],
  ])("%s", async (_name, request, bodies) => {
    const time = "2026-01-10T15:30:00Z";
    mail.putMessage("topics/a", "20260110-153000-0001", { body: 1, time });
    mail.putMessage("topics/b", "20260110-153000-0002", { body: 2, time });
    mail.putMessage("dm/eve", "20260110-153000-0003", { body: 3, time });
    using client = await connect({ cmd: "watch", agent: "nobody", ...request });
    await client.answers(1);
    await mail.send("a", "end");
    await mail.send("@eve", "end");
    expect(await client.bodies(bodies.length + 1)).toEqual([...bodies, "end"]);
  });

  test("relay gives every topic and every box", async () => {
    await mail.send("task", "1");
    await mail.send("@eve", "2");
    using client = await connect({ cmd: "relay", agent: "relay-x" });
    await client.bodies(2);
    await mail.send("@bob", "3");
    expect(await client.bodies(3)).toEqual(["1", "2", "3"]);
  });

  test("loses and doubles nothing between backlog and live while others send both ways", async () => {
    const sending = (async () => {
      for (let number = 0; number < 60; number++) {
        if (number % 2 === 0) await ask({ ...send, body: number });
        else await mail.send("task", `${number}`);
      }
    })();
    const clients: WireClient[] = [];
    for (let round = 0; round < 5; round++) {
      clients.push(await connect({ cmd: "watch", agent: `w${round}`, topic: "task" }));
      await Bun.sleep(5);
    }
    await sending;
    for (const client of clients) {
      const numbers = (await client.bodies(60)).map(Number).sort((a, b) => a - b);
      expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index));
      client[Symbol.dispose]();
    }
    await waitFor(() => service.watchers === 0, { what: "all watchers to be gone" });
  });

  test("cuts off who does not read, and says that it may come again", async () => {
    using client = await connect({ cmd: "watch", agent: "bob", topic: "task" });
    await client.answers(1);
    client.pause();
    const body = "x".repeat(4_000);
    for (let number = 0; number < 1_500; number++)
      mail.putMessage("topics/task", `20260110-153000-${String(number).padStart(4, "0")}`, { body });
    await waitFor(() => service.watchers === 0, { what: "the watcher to be cut off" });
    client.resume();
    await client.closed();
    const error = { code: "backpressure", message: "backpressure", retryable: true };
    expect(JSON.parse(client.lines.at(-1) ?? "")).toEqual({ ok: false, error });
  });

  test("shows who listens as present, and makes a record for it", async () => {
    using _client = await connect({ cmd: "watch", agent: "bob", host: "far" });
    const record = await waitFor(() => readAgent(mail.store, "bob"), { what: "the record" });
    expect(record).toMatchObject({ name: "bob", host: "far" });
  });
});

describe("the sockets (50 section 10)", () => {
  test("are only their owner's, and are gone at the end", () => {
    expect((statSync(socket().unix).mode & 0o777).toString(8)).toBe("600");
    service[Symbol.dispose]();
    expect(existsSync(socket().unix)).toBe(false);
  });

  test("a stale one is replaced, one that is served is left alone, and taken over when it is free", async () => {
    rmSync(socket().unix);
    Bun.listen({ unix: socket().unix, socket: { data() {} } }).unref();
    await service.look();
    expect(warnings).toEqual([]);
    await expect(Promise.race([ask(send), Bun.sleep(50)])).resolves.toBeUndefined();
    rmSync(socket().unix);
    writeFileSync(socket().unix, "");
    rmSync(socket().unix);
    await service.look();
    expect(await ask(send)).toMatchObject({ ok: true });
  });

  test("come when a mailbox is made, and when a repository gets known; one that is forgotten has none", async () => {
    using other = new TemporaryStore();
    let known = [mail.root];
    service[Symbol.dispose]();
    service = serve({ repositories: () => known });
    await service.look();
    known = [other.root];
    service.repositoriesChanged();
    await service.look();
    expect(existsSync(socket().unix)).toBe(false);
    await other.send("task");
    await service.look();
    expect(existsSync(join(other.folder, "forged.sock"))).toBe(true);
  });

  test("a path that is longer than the system's limit is served to clients of ours", async () => {
    const deep = join(mail.root, "d".repeat(120));
    mkdirSync(join(deep, ".fmail"), { recursive: true });
    service[Symbol.dispose]();
    service = serve({ repositories: () => [deep] });
    await service.look();
    using client = await WireClient.connect({ unix: join(deep, ".fmail/forged.sock") }, send);
    expect(await client.answers(1)).toMatchObject([{ ok: true }]);
  });

  test("worktrees and folders of one project share its socket", async () => {
    const inner = join(mail.root, "inner");
    mkdirSync(inner);
    service[Symbol.dispose]();
    service = serve({ repositories: () => [inner, mail.root] });
    await service.look();
    expect(await ask(send)).toMatchObject({ ok: true });
    expect(warnings).toEqual([]);
  });
});

describe("on TCP (50 section 10)", () => {
  const token = "0123456789abcdef";
  let address: { hostname: string; port: number };
  beforeEach(async () => {
    const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    address = { hostname: "127.0.0.1", port: probe.port };
    probe.stop(true);
    service[Symbol.dispose]();
    service = serve({ tcp: { ...address, token } });
    await service.look();
  });

  const answerTo = async (request: object) => {
    using client = await WireClient.connect(address, request);
    return (await client.answers(1))[0];
  };

  test.each<[string, object, object]>([
    ["without a token", {}, refusal("invalid_request", "invalid or missing token")],
    ["with a wrong one", { token: "wrong" }, refusal("invalid_request", "invalid or missing token")],
    ["without a project", { token }, refusal("invalid_request", "missing project_id")],
    ["with an unknown project", { token, project_id: "x" }, refusal("invalid_project", "project not found")],
    ["with all of it", { token, project_id: "proj-1" }, { ok: true, id: expect.any(String) }],
  ])("%s", async (_name, fields, answer) => {
    expect(await answerTo({ ...send, ...fields })).toEqual(answer as Record<string, unknown>);
  });

  test("a port that is taken is told, and the sockets are served", async () => {
    using second = serve({ tcp: { ...address, token } });
    expect(warnings[0]).toStartWith(`mail: failed to listen on 127.0.0.1:${address.port}: `);
    await second.look();
    expect(await ask(send)).toMatchObject({ ok: true });
  });
});
