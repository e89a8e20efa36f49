import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { Forge } from "../support/forge.ts";

interface Call {
  method: string;
  params: { name?: string; arguments?: Record<string, unknown>; uri?: string };
}

const EXPIRES = new Date(Date.now() + 3_600_000).toISOString();
const LOCK = { id: 7, agent: "other", path_pattern: "src/**", exclusive: true, expires_ts: EXPIRES };
const GRANT = { id: 8, path_pattern: "src/a", exclusive: true, reason: "r", expires_ts: EXPIRES };

/** A lock server that answers calls in order and keeps them; the sandbox's environment names it. */
function withServer(...answers: unknown[]) {
  const calls: Call[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      const { id, jsonrpc, ...call } = JSON.parse(await request.text());
      expect(jsonrpc).toBe("2.0");
      calls.push(call);
      const answer = answers[calls.length - 1];
      return answer instanceof Response
        ? answer
        : Response.json({ jsonrpc: "2.0", id, ...(answer as object) });
    },
  });
  const forge = new Forge();
  const env = {
    FORGE_AGENT_MAIL_URL: `http://127.0.0.1:${server.port}/mcp/`,
    FORGE_AGENT_MAIL_PROJECT: "my project",
  };
  const lock = (...words: string[]) => forge.run(["lock", ...words], { env });
  const stop = async () => {
    await server.stop(true);
    expect(existsSync(forge.dataDir)).toBe(false);
    await forge[Symbol.asyncDispose]();
  };
  return { lock, calls, [Symbol.asyncDispose]: stop };
}

const text = (value: unknown) => ({ result: { content: [{ type: "text", text: JSON.stringify(value) }] } });

describe("30 section 10.3: a lock server", () => {
  test("claims, and shows what it grants", async () => {
    await using server = withServer(text({ granted: [GRANT], conflicts: [] }));
    const { code, stdout } = await server.lock(
      ...["claim", "-a", "ag", "-p", "src/a", "--ttl", "90s", "--reason", "r"],
    );
    expect(code).toBe(0);
    expect(stdout).toContain("    - src/a (id 8, expires in 59m)\n");
    expect(server.calls).toEqual([
      {
        method: "tools/call",
        params: {
          name: "file_reservation_paths",
          arguments: {
            project_key: "my project",
            agent_name: "ag",
            paths: ["src/a"],
            ttl_seconds: 90,
            exclusive: true,
            reason: "r",
          },
        },
      },
    ]);
  });

  test("tells conflicts, and --force releases them first", async () => {
    const conflict = { granted: [], conflicts: [{ path: "src/a", holders: [LOCK] }] };
    await using server = withServer(
      { result: conflict },
      { result: JSON.stringify(conflict) },
      { result: {} },
      { result: { granted: [GRANT] } },
    );
    const words = ["claim", "-a", "ag", "-p", "src/a", "--reason", "hot"];
    const refused = await server.lock(...words);
    expect([refused.code, refused.stderr]).toEqual([1, "lock conflicts detected\n"]);
    expect(refused.stdout).toContain("    - other (id 7, expires in 59m)\n");
    expect((await server.lock(...words, "--force")).code).toBe(0);
    expect(server.calls[2]?.params).toEqual({
      name: "force_release_file_reservation",
      arguments: {
        project_key: "my project",
        agent_name: "ag",
        file_reservation_id: 7,
        notify_previous: true,
        note: "hot",
      },
    });
  });

  test("releases by path and id, or all", async () => {
    const released = text({ released: 2, released_at: "2026-01-02T03:04:05Z" });
    await using server = withServer(released, released);
    const { stdout } = await server.lock("release", "-a", "ag", "-p", "a", "--lock-id", "3,4", "--json");
    expect(JSON.parse(stdout)).toEqual({ released: 2, released_at: "2026-01-02T03:04:05Z" });
    expect((await server.lock("release", "-a", "ag")).stdout).toBe("Released 2 lock(s)\n");
    const own = { project_key: "my project", agent_name: "ag" };
    expect(server.calls.map(({ params }) => params.arguments)).toEqual([
      { ...own, paths: ["a"], file_reservation_ids: [3, 4] },
      own,
    ]);
  });

  test("lists and checks what is active", async () => {
    const contents = { result: { contents: [{ text: JSON.stringify([LOCK]) }] } };
    await using server = withServer(contents, contents);
    expect((await server.lock("status")).stdout).toContain("7        other  src/**  in 59m   yes\n");
    expect((await server.lock("check", "-p", "src/b", "--exit-code")).code).toBe(1);
    expect(server.calls[0]).toEqual({
      method: "resources/read",
      params: { uri: "resource://file_reservations/my%20project?active_only=true" },
    });
  });

  const failures: [row: string, answer: unknown, code: number, message: string][] = [
    [
      "an error",
      { error: { code: -32602, message: "no such project" } },
      1,
      "mcp error -32602: no such project",
    ],
    ["a status", new Response("", { status: 503 }), 1, "call mcp server: status 503"],
    ["no JSON", new Response("<html>"), 1, "call mcp server: the answer is no JSON object"],
  ];
  test.each(failures)("%s is told", async (_row, answer, code, message) => {
    await using server = withServer(answer);
    expect(await server.lock("status")).toEqual({ code, stdout: "", stderr: `${message}\n` });
  });

  test("a server that is not there, and one that does not answer in time", async () => {
    await using forge = new Forge();
    const status = (env: Record<string, string>) => forge.run(["lock", "status"], { env });
    expect(await status({ FORGE_AGENT_MAIL_URL: "http://127.0.0.1:1/mcp/" })).toMatchObject({
      code: 2,
      stderr: "call mcp server: connection refused\n",
    });
    const silent = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Promise<Response>(() => {}),
    });
    const FORGE_AGENT_MAIL_URL = `http://127.0.0.1:${silent.port}/`;
    expect(await status({ FORGE_AGENT_MAIL_URL, FORGE_AGENT_MAIL_TIMEOUT: "200ms" })).toMatchObject({
      code: 2,
      stderr: "call mcp server: timeout\n",
    });
    await silent.stop(true);
  });

  test("renew is not among what servers can do", async () => {
    await using server = withServer();
    const { code, stderr } = await server.lock("renew", "-a", "ag");
    expect([code, stderr]).toEqual([1, "lock renew is not supported by lock servers\n"]);
  });
});
