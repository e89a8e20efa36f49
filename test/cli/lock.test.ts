import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";

const storeOf = (forge: Forge) => join(forge.dataDir, "file-locks.json");

const readStore = (forge: Forge) => JSON.parse(readFileSync(storeOf(forge), "utf8"));

const secondsFromNow = (seconds: number): string =>
  `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;

/** Puts entries into the store as another implementation leaves them. */
function writeStore(forge: Forge, reservations: readonly Record<string, unknown>[], nextId?: number): void {
  mkdirSync(forge.dataDir, { recursive: true });
  const entries = reservations.map((reservation) => ({
    project: forge.repo,
    reservation: { ...LOCK, ...reservation },
  }));
  writeFileSync(storeOf(forge), JSON.stringify({ next_id: nextId, reservations: entries }));
}

const LOCK = {
  id: 1,
  agent: "other",
  path_pattern: "src/**",
  exclusive: true,
  reason: "",
  created_ts: secondsFromNow(-10),
  expires_ts: secondsFromNow(3600),
  released_ts: "",
};

describe("30 section 10: forge lock claim", () => {
  test("a claim is told and stored as the specification shows it", async () => {
    await using forge = new Forge();
    const words = ["lock", "claim", "-a", "ag", "-p", "src/*.rs,./doc.md", "--reason", "tidy up"];
    expect(await forge.must(words)).toMatch(
      new RegExp(
        `^${RegExp.escape("Lock claimed:\n  Agent:   ag\n  Paths:   src/*.rs, doc.md\n  TTL:     1h0m0s\n  Grants:\n")}` +
          `    - src/\\*\\.rs \\(id 1, expires in (59m|1h)\\)\n    - doc\\.md \\(id 2, expires in (59m|1h)\\)\n$`,
      ),
    );
    const store = readStore(forge);
    expect(store.next_id).toBe(3);
    expect(store.reservations[0]).toEqual({
      project: forge.repo,
      reservation: {
        id: 1,
        agent: "ag",
        path_pattern: "src/*.rs",
        exclusive: true,
        reason: "tidy up",
        created_ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        expires_ts: expect.stringMatching(/Z$/),
        released_ts: "",
      },
    });
  });

  test("JSON has what was granted, and no conflicts", async () => {
    await using forge = new Forge();
    const answer = JSON.parse(
      await forge.must(["lock", "claim", "-a", "ag", "-p", "a", "--ttl", "90", "--json"]),
    );
    expect(answer).toEqual({
      granted: [{ id: 1, path_pattern: "a", exclusive: true, reason: "", expires_ts: expect.any(String) }],
      conflicts: [],
    });
    const left = Date.parse(answer.granted[0].expires_ts) - Date.now();
    expect(left).toBeGreaterThan(80_000);
    expect(left).toBeLessThanOrEqual(90_000);
  });

  test("what another agent holds is refused: nothing of the claim is granted", async () => {
    await using forge = new Forge();
    await forge.must(["lock", "claim", "-a", "one", "-p", "src/**"]);
    const words = ["lock", "claim", "-a", "two", "-p", "doc.md", "-p", "src/a.ts"];
    const { code, stdout, stderr } = await forge.run(words);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^Conflicts detected:\n {2}Path: src\/a\.ts\n {4}- one \(id 1, expires in (59m|1h)\)\n$/,
    );
    expect(stderr).toBe("lock conflicts detected\n");
    const json = await forge.run([...words, "--json"]);
    expect([json.code, json.stderr]).toEqual([1, ""]);
    expect(JSON.parse(json.stdout)).toEqual({
      granted: [],
      conflicts: [
        {
          path: "src/a.ts",
          holders: [
            { id: 1, agent: "one", path_pattern: "src/**", exclusive: true, expires_ts: expect.any(String) },
          ],
        },
      ],
    });
    expect(readStore(forge).reservations).toHaveLength(1);
  });

  const pairs: [row: string, held: string[], wanted: string[], code: number][] = [
    ["equal paths", ["a"], ["a"], 1],
    ["other paths", ["a"], ["b"], 0],
    ["a path below a held glob", ["src/*"], ["src/a"], 1],
    ["a glob above a held path", ["src/a"], ["src/?"], 1],
    ["two globs that some path could match", ["src/*.ts"], ["src/a*"], 1],
    ["two globs apart", ["src/*.ts"], ["src/*.md"], 0],
    ["both shared", ["a", "--exclusive=false"], ["a", "--exclusive=false"], 0],
    [
      "--exclusive false with a word of its own",
      ["a", "--exclusive", "false"],
      ["a", "--exclusive", "false"],
      0,
    ],
    ["shared against exclusive", ["a"], ["a", "--exclusive=false"], 1],
    ["exclusive against shared", ["a", "--exclusive=false"], ["a"], 1],
    ["--exclusive true", ["a", "--exclusive", "true"], ["a", "--exclusive=false"], 1],
    ["backslashes and ./", ["src\\a"], ["./src/a"], 1],
  ];
  test.each(pairs)("%s", async (_row, held, wanted, code) => {
    await using forge = new Forge();
    await forge.must(["lock", "claim", "-a", "one", "-p", ...held]);
    expect((await forge.run(["lock", "claim", "-a", "two", "-p", ...wanted])).code).toBe(code);
  });

  test("a claim of what the agent holds already makes that lock last longer, under the same id", async () => {
    await using forge = new Forge();
    const claim = async (...words: string[]) =>
      JSON.parse(await forge.must(["lock", "claim", "-a", "ag", "--json", "-p", ...words])).granted;
    const [first] = await claim("src/**", "--reason", "r");
    const [again] = await claim("src/**", "--ttl", "3h");
    expect(again).toMatchObject({ id: 1, reason: "r" });
    expect(again.expires_ts > first.expires_ts).toBe(true);
    // A file below it is covered, also for a shorter time, which takes nothing away.
    expect(await claim("src/a.ts", "--ttl", "1m")).toEqual([again]);
    // A glob is a lock of its own: that its text fits does not say that its paths do.
    expect((await claim("src/*/x"))[0].id).toBe(2);
    // What is shared does not cover what shall be exclusive.
    expect((await claim("doc", "--exclusive=false"))[0].id).toBe(3);
    expect((await claim("doc"))[0].id).toBe(4);
  });

  test("--force releases those that stand against it, with the reason given", async () => {
    await using forge = new Forge();
    await forge.must(["lock", "claim", "-a", "one", "-p", "a,b", "--reason", "old"]);
    const words = ["lock", "claim", "-a", "two", "-p", "a", "--force", "--reason", "urgent", "--json"];
    expect(JSON.parse(await forge.must(words)).granted).toMatchObject([{ id: 3, path_pattern: "a" }]);
    const [a, b] = readStore(forge).reservations;
    expect(a.reservation).toMatchObject({
      agent: "one",
      reason: "urgent",
      released_ts: expect.stringMatching(/Z$/),
    });
    expect(b.reservation).toMatchObject({ agent: "one", reason: "old", released_ts: "" });
  });

  test("on a terminal --force asks, and no is no", async () => {
    await using forge = new Forge();
    await forge.must(["lock", "claim", "-a", "one", "-p", "a"]);
    const answers: [answer: string, code: number, text: string][] = [
      ["n\n", 1, "lock claim aborted"],
      ["y\n", 0, "Lock claimed:"],
    ];
    for (const [answer, code, text] of answers) {
      await using terminal = forge.terminal(["lock", "claim", "-a", "two", "-p", "a", "--force"]);
      await terminal.shows("Force release conflicting locks? [y/N]: ");
      expect(terminal.output).toContain("- one (id 1, expires in");
      terminal.type(answer);
      expect(await terminal.ends()).toBe(code);
      await terminal.shows(text);
    }
  });

  const refused: [row: string, words: string[], message: string][] = [
    ["no path", ["claim", "-a", "ag"], "--path is required"],
    ["blank paths", ["claim", "-a", "ag", "-p", " ,"], "--path is required"],
    ["edge case: lock claim --ttl 59s", ["claim", "-p", "a", "--ttl", "59s"], "ttl must be at least 1m0s"],
    ["plain seconds", ["claim", "-p", "a", "--ttl", "59"], "ttl must be at least 1m0s"],
    ["paths before ttl", ["claim", "--ttl", "1s"], "--path is required"],
    [
      "no agent, last of all",
      ["claim", "-p", "a"],
      "agent name is required (use --agent or set FORGE_AGENT_MAIL_AGENT)",
    ],
    ["a stray word", ["claim", "-a", "ag", "-p", "a", "b"], "accepts 0 arg(s), received 1"],
    [
      "release without agent",
      ["release"],
      "agent name is required (use --agent or set FORGE_AGENT_MAIL_AGENT)",
    ],
    ["a lock id that is none", ["release", "-a", "ag", "--lock-id", "x1"], 'invalid lock id "x1"'],
    ["an empty lock id", ["release", "-a", "ag", "--lock-id", ""], 'invalid lock id ""'],
    ["release with an empty path", ["release", "-a", "ag", "-p", ""], "--path is required"],
    ["renew for too short", ["renew", "-a", "ag", "--ttl", "1s"], "ttl must be at least 1m0s"],
    ["check without path", ["check"], "--path is required"],
    ["an unknown subcommand", ["take"], "unknown lock subcommand 'take'"],
  ];
  test("what is refused", async () => {
    await using forge = new Forge();
    for (const [row, words, message] of refused) {
      const { code, stdout, stderr } = await forge.run(["lock", ...words]);
      expect([row, code, stdout, stderr]).toEqual([row, 1, "", `${message}\n`]);
    }
    expect(existsSync(storeOf(forge))).toBe(false);
  });

  test("a bare forge lock prints its help", async () => {
    await using forge = new Forge();
    expect(await forge.must(["lock"])).toContain("claim");
  });
});

describe("30 section 10: who and where", () => {
  const agents: [row: string, env: Record<string, string>, flag: string[], agent: string][] = [
    ["the flag", { FORGE_AGENT_MAIL_AGENT: "mail", FMAIL_AGENT: "f" }, ["-a", "flag"], "flag"],
    ["FORGE_AGENT_MAIL_AGENT", { FORGE_AGENT_MAIL_AGENT: "mail", FMAIL_AGENT: "f" }, [], "mail"],
    ["SWARM_AGENT_MAIL_AGENT", { SWARM_AGENT_MAIL_AGENT: "swarm" }, [], "swarm"],
    ["FMAIL_AGENT", { FORGE_AGENT_MAIL_AGENT: " ", FMAIL_AGENT: "f" }, [], "f"],
  ];
  test("the agent is the flag's, else the environment's", async () => {
    await using forge = new Forge();
    for (const [row, env, flag, agent] of agents) {
      await forge.must(["lock", "claim", "-p", row, ...flag], { env });
      expect([row, readStore(forge).reservations.at(-1).reservation.agent]).toEqual([row, agent]);
    }
  });

  test("a project is a git work tree, and what is locked in one is free in the next", async () => {
    await using forge = new Forge();
    const inner = join(forge.repo, "tree/src/deep");
    mkdirSync(inner, { recursive: true });
    mkdirSync(join(forge.repo, "tree/.git"));
    const claim = (agent: string, path: string, cwd: string, env = {}) =>
      forge.run(["lock", "claim", "-a", agent, "-p", path], { cwd, env });
    expect((await claim("one", "a", inner)).code).toBe(0);
    expect((await claim("two", "a", join(forge.repo, "tree"))).code).toBe(1);
    expect((await claim("two", join(forge.repo, "tree/a"), inner)).code).toBe(1);
    expect((await claim("two", "a", forge.repo)).code).toBe(0);
    expect((await claim("three", "a", inner, { FORGE_AGENT_MAIL_PROJECT: "named" })).code).toBe(0);
    const projects = readStore(forge).reservations.map(({ project }: { project: string }) => project);
    expect(projects).toEqual([join(forge.repo, "tree"), forge.repo, "named"]);
  });

  test("FORGE_LOCK_STORE_PATH moves the store", async () => {
    await using forge = new Forge();
    const FORGE_LOCK_STORE_PATH = join(forge.folder, "elsewhere/locks.json");
    await forge.must(["lock", "claim", "-a", "ag", "-p", "a"], { env: { FORGE_LOCK_STORE_PATH } });
    expect(existsSync(FORGE_LOCK_STORE_PATH)).toBe(true);
    expect(existsSync(storeOf(forge))).toBe(false);
  });
});

describe("30 section 10: forge lock release and renew", () => {
  test("own locks are released by id, by path, or all; those of others never", async () => {
    await using forge = new Forge();
    const lock = (...words: string[]) => forge.must(["lock", ...words]);
    await lock("claim", "-a", "ag", "-p", "a,b,src/**,d,e");
    await lock("claim", "-a", "other", "-p", "x");
    expect(await lock("release", "-a", "ag", "--lock-id", "1", "-p", "src/a.ts")).toBe(
      "Released 2 lock(s)\n",
    );
    // Edge case: lock release --lock-id <other agent's>
    expect(await lock("release", "-a", "ag", "--lock-id", "6")).toBe("Released 0 lock(s)\n");
    expect(JSON.parse(await lock("release", "-a", "ag", "--lock-id", "2,4", "--json"))).toEqual({
      released: 2,
      released_at: expect.stringMatching(/Z$/),
    });
    expect(await lock("release", "-a", "ag")).toBe("Released 1 lock(s)\n");
    expect(await lock("release", "-a", "ag", "--quiet")).toBe("");
    expect(JSON.parse(await lock("status", "--json"))).toMatchObject([{ id: 6, agent: "other" }]);
  });

  test("renewed locks end that much from now", async () => {
    await using forge = new Forge();
    await forge.must(["lock", "claim", "-a", "ag", "-p", "a,b", "--ttl", "9h"]);
    expect(await forge.must(["lock", "renew", "-a", "ag", "-p", "a", "--ttl", "2m"])).toBe(
      "Renewed 1 lock(s)\n",
    );
    const json = JSON.parse(await forge.must(["lock", "renew", "-a", "ag", "--ttl", "3h", "--json"]));
    expect(json.renewed).toBe(2);
    const expiries = readStore(forge).reservations.map(
      ({ reservation }: { reservation: { expires_ts: string } }) => reservation.expires_ts,
    );
    expect(expiries).toEqual([json.expires_ts, json.expires_ts]);
    expect(await forge.must(["lock", "renew", "-a", "nobody"])).toBe("Renewed 0 lock(s)\n");
  });
});

describe("30 section 10: forge lock status and check", () => {
  test("status lists what counts now", async () => {
    await using forge = new Forge();
    writeStore(forge, [
      { id: 3, agent: "Ag", path_pattern: "c", exclusive: false, expires_ts: secondsFromNow(3 * 86_400 + 5) },
      { id: 1, agent: "one", path_pattern: "a", expires_ts: secondsFromNow(30) },
      { id: 2, agent: "two", path_pattern: "b/**", expires_ts: secondsFromNow(2 * 3600 + 5) },
      { id: 4, agent: "gone", path_pattern: "d", expires_ts: secondsFromNow(-1) },
      { id: 5, agent: "back", path_pattern: "e", released_ts: secondsFromNow(-1) },
      { id: 6, agent: "open", path_pattern: "f", expires_ts: undefined },
    ]);
    expect(await forge.must(["lock", "status"])).toBe(
      [
        "LOCK-ID  AGENT  PATH  EXPIRES  EXCLUSIVE",
        "1        one    a     in <1m   yes",
        "2        two    b/**  in 2h    yes",
        "3        Ag     c     in 3d    no",
        "6        open   f     -        yes",
        "",
      ].join("\n"),
    );
    const ids = async (...words: string[]) =>
      JSON.parse(await forge.must(["lock", "status", "--json", ...words])).map(
        ({ id }: { id: number }) => id,
      );
    expect(await ids("-a", "AG")).toEqual([3]);
    expect(await ids("-p", "b/x,c")).toEqual([2, 3]);
    expect(await ids("-a", "nobody")).toEqual([]);
    expect(JSON.parse(await forge.must(["lock", "status", "--json", "-a", "two"]))).toEqual([
      { ...LOCK, id: 2, agent: "two", path_pattern: "b/**", expires_ts: expect.any(String) },
    ]);
  });

  test("check tells about each path; --exit-code lets a script branch on it", async () => {
    await using forge = new Forge();
    await forge.must(["lock", "claim", "-a", "one", "-p", "src/*", "--ttl", "2h"]);
    const words = ["lock", "check", "-p", "doc.md,src/a"];
    const text =
      "Path is clear: doc.md\nPath is locked: src/a\n  Holder: one\n  Pattern: src/*\n  Expires: in 1h\n";
    expect(await forge.must(words)).toBe(text);
    expect(await forge.run([...words, "--exit-code"])).toEqual({ code: 1, stdout: text, stderr: "" });
    expect((await forge.run(["lock", "check", "-p", "doc.md", "--exit-code"])).code).toBe(0);
    const [clear, locked] = JSON.parse(await forge.must([...words, "--json"]));
    expect(clear).toEqual({ path: "doc.md", claims: [] });
    expect(locked).toMatchObject({
      path: "src/a",
      claims: [{ id: 1, agent: "one", reason: "", released_ts: "" }],
    });
  });

  test("looking on a fresh machine creates nothing", async () => {
    await using forge = new Forge();
    expect(await forge.must(["lock", "status"])).toBe("No locks found\n");
    expect(await forge.must(["lock", "status", "--json"])).toBe("[]\n");
    expect(await forge.must(["lock", "check", "-p", "a"])).toBe("Path is clear: a\n");
    expect(existsSync(forge.dataDir)).toBe(false);
  });
});

describe("30 section 10: the lock store", () => {
  test("what has expired is marked released at the next change, and goes a day later", async () => {
    await using forge = new Forge();
    writeStore(
      forge,
      [
        { id: 1, expires_ts: secondsFromNow(-5) },
        { id: 2, released_ts: secondsFromNow(-86_500) },
        { id: 3, released_ts: secondsFromNow(-80_000) },
      ],
      2,
    );
    const { granted } = JSON.parse(await forge.must(["lock", "claim", "-a", "ag", "-p", "src/a", "--json"]));
    // Ids are never given twice, also where the store had lost count.
    expect(granted).toMatchObject([{ id: 4 }]);
    const kept = readStore(forge).reservations.map(
      ({ reservation: { id, released_ts } }: { reservation: { id: number; released_ts: string } }) => [
        id,
        released_ts !== "",
      ],
    );
    expect(kept).toEqual([
      [1, true],
      [3, true],
      [4, false],
    ]);
    expect(readStore(forge).next_id).toBe(5);
  });

  test("a store that cannot be read is an error and stays as it is", async () => {
    await using forge = new Forge();
    for (const broken of ['{"reservations": [', '{"reservations": [1]}', "[]"]) {
      mkdirSync(forge.dataDir, { recursive: true });
      writeFileSync(storeOf(forge), broken);
      for (const words of [["claim", "-a", "ag", "-p", "a"], ["status"]]) {
        const { code, stderr } = await forge.run(["lock", ...words]);
        expect(code).toBe(2);
        expect(stderr).toStartWith(`failed to parse lock store: ${storeOf(forge)}: `);
      }
      expect(readFileSync(storeOf(forge), "utf8")).toBe(broken);
    }
  });

  test("names from others cannot steer the terminal", async () => {
    await using forge = new Forge();
    writeStore(forge, [{ agent: "\u001b[2Jx", path_pattern: "a\nb" }]);
    expect(await forge.must(["lock", "status"])).toContain("\\x1b[2Jx  a\\nb");
  });
});

test("of many processes that claim paths apart none loses its claim", async () => {
  await using forge = new Forge();
  const claims = Array.from({ length: 24 }, (_, index) =>
    forge.must(["lock", "claim", "-a", `agent-${index}`, "-p", `dir-${index}/**`]),
  );
  await Promise.all(claims);
  const ids = readStore(forge).reservations.map(
    ({ reservation }: { reservation: { id: number } }) => reservation.id,
  );
  expect(ids).toEqual(Array.from({ length: 24 }, (_, index) => index + 1));
});
