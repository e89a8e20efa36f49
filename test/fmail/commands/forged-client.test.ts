import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { bodies, ID, MailSandbox } from "./mail-sandbox.ts";

let mail: MailSandbox;
let stop: () => void = () => {};
const requests: Record<string, unknown>[] = [];
beforeEach(() => {
  mail = new MailSandbox();
  requests.length = 0;
});
afterEach(async () => {
  stop();
  await mail[Symbol.asyncDispose]();
});

/** A supervisor of another maker: answers each request with the next of these texts; none closes the connection. */
function serve(where: "unix" | "tcp", ...answers: (string | undefined)[]): string {
  let count = 0;
  const socket = {
    data(connection: Bun.Socket, bytes: Buffer) {
      requests.push(JSON.parse(bytes.toString()));
      const answer = answers[Math.min(count++, answers.length - 1)];
      if (answer === undefined) connection.end();
      else connection.write(answer);
    },
  };
  const path = join(mail.folder, "other.sock");
  const server =
    where === "unix"
      ? Bun.listen({ unix: path, socket })
      : Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
  stop = () => server.stop(true);
  return where === "unix" ? `unix://${path}` : `127.0.0.1:${"port" in server && server.port}`;
}

const call = (endpoint: string, ...words: string[]) =>
  mail.as("alice", words, { env: { FMAIL_FORGED: endpoint, FORGE_DAEMON_TOKEN: "0123456789abcdef" } });

const failure = (error?: object) => `${JSON.stringify({ ok: false, error })}\n`;

describe("fmail send through a supervisor (50 section 9.1)", () => {
  test("says everything, and prints the id that it is given", async () => {
    const endpoint = serve("tcp", '{"ok":true,"id":"20260110-153000-0001"}\n');
    const { code, stdout } = await call(endpoint, "send", "@Bob", "hi", "-p", "high", "-t", "b,a", "-r", "x");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "20260110-153000-0001\n" });
    expect(requests).toEqual([
      {
        ...{ cmd: "send", project_id: expect.stringMatching(/^proj-/), agent: "alice" },
        ...{ host: expect.any(String), req_id: expect.stringMatching(/^req-\d+-1$/) },
        ...{ token: "0123456789abcdef", to: "@bob", body: "hi", reply_to: "x", priority: "high" },
        tags: ["b", "a"],
      },
    ]);
    expect(mail.files()).toEqual(["project.json"]);
  });

  test("--json without the stored file prints a copy with that id", async () => {
    const endpoint = serve("unix", '{"ok":true,"id":"20260110-153000-0001"}\n');
    const { stdout } = await call(endpoint, "send", "task", "hi", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ id: "20260110-153000-0001", from: "alice", body: "hi" });
    expect(requests[0]).not.toHaveProperty("token");
  });

  test.each<[string, string, string]>([
    ["an error", failure({ code: "internal", message: "disk full" }), "forged: disk full (internal)"],
    ["an error without words", failure({ code: "internal" }), "forged: forged error (internal)"],
    ["a refusal without an error", failure(), "forged: unknown error"],
    ["no id", '{"ok":true}\n', "forged: forged response missing id"],
    ["no JSON", "hello\n", "forged: invalid forged response: not valid JSON"],
    [
      "another project, on a socket",
      failure({ code: "invalid_project", message: "project id mismatch" }),
      "forged: project id mismatch (invalid_project)",
    ],
  ])("%s: exit 1, and nothing is stored", async (_name, answer, message) => {
    const { code, stderr } = await call(serve("unix", answer), "send", "task", "hi");
    expect({ code, stderr }).toEqual({ code: 1, stderr: `Error: ${message}\n` });
    expect(mail.files()).toEqual(["project.json"]);
  });

  test("another project, on TCP: stored in the files without a word", async () => {
    const endpoint = serve("tcp", failure({ code: "invalid_project", message: "project not found" }));
    const { stdout, stderr } = await call(endpoint, "send", "task", "hi");
    expect({ id: ID.test(stdout.trim()), stderr }).toEqual({ id: true, stderr: "" });
  });

  test("a connection that is dropped: stored in the files with a warning", async () => {
    const { code, stdout, stderr } = await call(serve("unix", undefined), "send", "task", "hi");
    expect({ code, id: ID.test(stdout.trim()) }).toEqual({ code: 0, id: true });
    expect(stderr).toBe(
      "Warning: forged connection dropped, falling back to standalone (message may be duplicated)\n",
    );
  });

  test.each(["tcp://127.0.0.1:1", "unix:///nowhere/forged.sock", "127.0.0.1:1"])(
    "nobody at %s: stored in the files",
    async (endpoint) => {
      const { code, stderr } = await call(endpoint, "send", "task", "hi");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    },
  );

  test.if(process.getuid?.() === 0)(
    "a socket in the store that is somebody else's gets no mail",
    async () => {
      mkdirSync(mail.store);
      const path = join(mail.store, "forged.sock");
      const server = Bun.listen({ unix: path, socket: { data: () => void requests.push({}) } });
      stop = () => server.stop(true);
      chownSync(path, 12_345, 12_345);
      expect(await mail.said("alice", "send", "task", "hi")).toMatch(/^\d{8}-/);
      await mail.said("alice", "watch", "--timeout", "100ms");
      expect(requests).toEqual([]);
    },
  );

  test("an endpoint that is none is an error", async () => {
    const { code, stderr } = await call("somewhere", "send", "task", "hi");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "Error: invalid FMAIL_FORGED: somewhere\n" });
  });
});

const pushed = (id: number, to: string, body: string) =>
  `${JSON.stringify({
    msg: {
      ...{ id: `20260110-153000-000${id}`, from: "bob", to, time: "2026-01-10T15:30:00Z", body },
    },
  })}\n`;
const ack = '{"ok":true}\n';

describe("fmail watch at a supervisor (50 section 9.2)", () => {
  test("prints what is pushed, once, without direct messages when no target is named", async () => {
    const stream = [
      ack,
      '{"event":"ping"}\n{"news":1}\n',
      pushed(1, "task", "one"),
      pushed(2, "@alice", "direct"),
      pushed(1, "task", "one"),
      pushed(3, "build", "two"),
    ];
    const { code, stdout } = await call(serve("unix", stream.join("")), "watch", "--count", "2");
    expect({ code, bodies: bodies(stdout) }).toEqual({ code: 0, bodies: ["one", "two"] });
    expect(requests[0]).toMatchObject({ cmd: "watch", agent: "alice", topic: "*" });
    expect(requests[0]?.since).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test.each([
    [["watch", "Task"], "Task", "task"],
    [["watch", "@bob"], "@bob", "@bob"],
    [["watch", "task", "--dms"], "*", "@alice"],
  ])("%j asks for %s", async (words, topic, to) => {
    const { stdout } = await call(serve("unix", ack + pushed(1, to, "there")), ...words, "-c1");
    expect(bodies(stdout)).toEqual(["there"]);
    expect(requests[0]).toMatchObject({ cmd: "watch", topic });
  });

  test("comes again from the last id when the stream ends, or says backpressure", async () => {
    const first = ack + pushed(1, "task", "one") + failure({ code: "backpressure", message: "backpressure" });
    const { stdout } = await call(serve("unix", first, ack + pushed(2, "task", "two")), "watch", "-c2");
    expect(bodies(stdout)).toEqual(["one", "two"]);
    expect(requests[1]).toMatchObject({ since: "20260110-153000-0001" });
  });

  test.each<[string, string, string]>([
    ["a refusal", failure({ code: "internal", message: "no" }), "forged: no (internal)"],
    ["a line that is no JSON", `${ack}hello\n`, "forged: invalid forged stream data: not valid JSON"],
    ["an error later", `${ack}${failure({ code: "internal", message: "gone" })}`, "forged: gone (internal)"],
  ])("%s: exit 1", async (_name, answer, message) => {
    const { code, stderr } = await call(serve("unix", answer), "watch", "--timeout", "10s");
    expect({ code, stderr }).toEqual({ code: 1, stderr: `Error: ${message}\n` });
  });

  test("of a supervisor that is another project's, on TCP, follows the files", async () => {
    await mail.send("bob", "task", "from the files");
    const endpoint = serve("tcp", failure({ code: "invalid_project", message: "project not found" }));
    const { stdout } = await call(endpoint, "watch", "--since", "1h", "-c1", "--timeout", "10s");
    expect(bodies(stdout)).toEqual(["from the files"]);
  });

  test("an answer to send --wait is taken from the stream", async () => {
    const answer = { id: "20260110-153000-0002", from: "bob", to: "@alice", time: "", body: "yes" };
    const id = "20260110-153000-0001";
    const reply = `${JSON.stringify({ msg: { ...answer, reply_to: id } })}\n`;
    const endpoint = serve("unix", `{"ok":true,"id":"${id}"}\n${reply}`);
    const { code, stdout, stderr } = await call(endpoint, "send", "@bob", "ready?", "--wait=10s");
    expect({ code, stderr, bodies: bodies(stdout) }).toEqual({ code: 0, stderr: `${id}\n`, bodies: ["yes"] });
    expect(requests.map(({ cmd }) => cmd).sort()).toEqual(["relay", "send"]);
  });
});
