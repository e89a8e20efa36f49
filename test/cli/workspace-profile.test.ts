import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";

const json = async (forge: Forge, ...words: string[]) => JSON.parse(await forge.must([...words, "--json"]));

const P = '"$FORGE_PROMPT_CONTENT"';

describe("30 section 5: forge profile add", () => {
  test.each([
    ["pi", "env", `pi --mode json -p ${P}`],
    [
      "claude",
      "env",
      `claude --dangerously-skip-permissions --verbose --output-format stream-json --include-partial-messages -p ${P}`,
    ],
    ["codex", "stdin", "codex exec --json --dangerously-bypass-approvals-and-sandbox -"],
    ["opencode", "env", `opencode run --format json --model anthropic/claude-opus-4-5 ${P}`],
    ["droid", "stdin", "droid exec -o stream-json --skip-permissions-unsafe"],
    ["amp", "stdin", "amp -x"],
  ])("a default profile of %s delivers its prompt by %s", async (harness, mode, command) => {
    await using forge = new Forge();
    expect(await forge.must(["profile", "add", harness, "--name", "me"])).toBe('Profile "me" created\n');
    const profile = await json(forge, "profile", "show", "me");
    expect(Object.keys(profile)).toEqual([
      ...["id", "name", "harness", "auth_kind", "prompt_mode", "command_template", "max_concurrency"],
      ...["created_at", "updated_at"],
    ]);
    expect(profile).toMatchObject({
      harness,
      auth_kind: harness,
      prompt_mode: mode,
      command_template: command,
      max_concurrency: 1,
    });
  });

  test("every flag is stored; a value with a comma stays whole", async () => {
    await using forge = new Forge();
    const words = [
      ...["--auth-kind", "api", "--home", "~/login", "--prompt-mode", "path", "--command", "run {prompt}"],
      ...["--model", "m", "--extra-arg", "--a=1,2", "--extra-arg", "b", "--env", "A=1,2", "--env", "B=x=y"],
      ...["--max-concurrency", "0"],
    ];
    const profile = await json(forge, "profile", "add", "Claude-Code", "--name", "me", ...words);
    expect(profile).toMatchObject({
      name: "me",
      harness: "claude",
      auth_kind: "api",
      auth_home: join(forge.home, "login"),
      prompt_mode: "path",
      command_template: "run {prompt}",
      model: "m",
      extra_args: ["--a=1,2", "b"],
      env: { A: "1,2", B: "x=y" },
      max_concurrency: 0,
    });
  });

  test("the model of opencode stands in its template, and is stored only when given", async () => {
    await using forge = new Forge();
    const given = await json(forge, "profile", "add", "opencode", "--name", "a", "--model", "acme/m");
    expect(given).toMatchObject({
      model: "acme/m",
      command_template: `opencode run --format json --model acme/m ${P}`,
    });
    expect((await json(forge, "profile", "add", "opencode", "--name", "b")).model).toBeUndefined();
  });

  test("generic takes any command, and has none of its own (decision 23)", async () => {
    await using forge = new Forge();
    const { stderr, code } = await forge.run(["profile", "add", "generic", "--name", "g"]);
    expect([code, stderr]).toEqual([1, '--command is required for harness "generic"\n']);
    const profile = await json(forge, "profile", "add", "generic", "--name", "g", "--command", "cat");
    expect(profile).toMatchObject({ harness: "generic", prompt_mode: "stdin", command_template: "cat" });
  });

  const refused: [row: string, words: string[], stderr: string][] = [
    ["no name", ["claude"], "--name is required"],
    ["a blank name", ["claude", "--name", " "], "--name is required"],
    ["an unknown harness", ["cursor", "--name", "x"], 'unknown harness "cursor"'],
    ["an unknown mode", ["pi", "--name", "x", "--prompt-mode", "argv"], 'invalid prompt mode "argv"'],
    ["negative slots", ["pi", "--name", "x", "--max-concurrency", "-1"], "max concurrency must be >= 0"],
    ["a bad pair", ["pi", "--name", "x", "--env", "A"], 'invalid env pair "A" (expected KEY=VALUE)'],
    ["no harness", ["--name", "x"], "accepts 1 arg(s), received 0"],
  ];
  test.each(refused)("%s is refused, and no database is made", async (_, words, message) => {
    await using forge = new Forge();
    const result = await forge.run(["profile", "add", ...words]);
    expect(result).toEqual({ code: 1, stdout: "", stderr: `${message}\n` });
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("30 edge cases: a taken name is refused and the old row stays", async () => {
    await using forge = new Forge();
    const before = await json(forge, "profile", "add", "pi", "--name", "me");
    const { code, stdout } = await forge.run(["profile", "add", "claude", "--name", "me", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toEqual({
      code: "ERR_EXISTS",
      message: 'profile "me" already exists',
    });
    expect(await json(forge, "profile", "show", "me")).toEqual(before);
  });
});

describe("30 section 5: forge profile edit", () => {
  test("only what is given changes", async () => {
    await using forge = new Forge();
    const before = await json(forge, "profile", "add", "pi", "--name", "me", "--env", "A=1", "--home", "/h");
    const { updated_at: _, ...after } = await json(forge, "profile", "edit", "me", "--model", "m");
    const { updated_at: __, ...same } = before;
    expect(after).toEqual({ ...same, model: "m" });
    expect(await forge.must(["profile", "edit", "me", "--max-concurrency", "3"])).toBe(
      'Profile "me" updated\n',
    );
  });

  test("lists are replaced as a whole, an empty value clears", async () => {
    await using forge = new Forge();
    const words = ["--name", "me", "--env", "A=1", "--extra-arg", "x", "--home", "/h", "--model", "m"];
    await forge.must(["profile", "add", "pi", ...words]);
    expect(await json(forge, "profile", "edit", "me", "--env", "B=2", "--extra-arg", "y")).toMatchObject({
      env: { B: "2" },
      extra_args: ["y"],
    });
    const cleared = await json(
      forge,
      ...["profile", "edit", "me", "--env", "", "--extra-arg", "", "--home", "", "--model", ""],
    );
    for (const field of ["env", "extra_args", "auth_home", "model"]) expect(cleared[field]).toBeUndefined();
  });

  test("30 edge cases: --name renames, and not to a taken name", async () => {
    await using forge = new Forge();
    await forge.must(["profile", "add", "pi", "--name", "a"]);
    await forge.must(["profile", "add", "pi", "--name", "b"]);
    expect(await forge.run(["profile", "edit", "a", "--name", "b"])).toEqual({
      code: 1,
      stdout: "",
      stderr: 'profile "b" already exists\n',
    });
    expect(await forge.must(["profile", "edit", "a", "--name", "a"])).toBe('Profile "a" updated\n');
    expect(await forge.must(["profile", "edit", "a", "--name", "c"])).toBe('Profile "c" updated\n');
    expect((await forge.run(["profile", "show", "a"])).stderr).toBe("profile not found: a\n");
  });

  test("an empty command is refused", async () => {
    await using forge = new Forge();
    await forge.must(["profile", "add", "pi", "--name", "a"]);
    const { code, stderr } = await forge.run(["profile", "edit", "a", "--command", " "]);
    expect([code, stderr]).toEqual([1, "invalid profile: command_template: command template is required\n"]);
  });
});

describe("30 section 5: forge profile ls, show, rm", () => {
  test("ls is a table by name, and tells only a cooldown that still runs", async () => {
    await using forge = new Forge();
    expect(await forge.run(["profile", "ls"])).toEqual({
      code: 0,
      stdout: "No profiles found\n",
      stderr: "",
    });
    expect(await forge.must(["profile", "ls", "--json"])).toBe("[]\n");
    expect(existsSync(forge.dataDir)).toBe(false);
    await forge.must(["profile", "add", "pi", "--name", "b", "--home", "/h", "--max-concurrency", "0"]);
    await forge.must(["profile", "add", "generic", "--command", "x", "--name", "a"]);
    await forge.must(["profile", "cooldown", "set", "a", "--until", "2999-01-02T03:04:05Z"]);
    await forge.must(["profile", "cooldown", "set", "b", "--until", "-1h"]);
    expect(await forge.must(["profile", "list"])).toBe(
      [
        "NAME  HARNESS  AUTH_KIND  AUTH_HOME  MAX_CONCURRENCY  COOLDOWN",
        "a     generic  generic    -          1                2999-01-02T03:04:05Z",
        "b     pi       pi         /h         0                -",
        "",
      ].join("\n"),
    );
    const names = (await json(forge, "profile", "ls")).map(({ name }: { name: string }) => name);
    expect(names).toEqual(["a", "b"]);
  });

  test("show prints a field a line, the values of its environment hidden", async () => {
    await using forge = new Forge();
    await forge.must(["profile", "add", "pi", "--name", "a", "--env", "KEY=sk-secret", "--env", "B=x"]);
    const text = await forge.must(["profile", "show", "a"]);
    expect(text).toMatch(/^name +a$/m);
    expect(text).toMatch(/^env +KEY=\*\*\* B=\*\*\*$/m);
    expect(text).not.toContain("sk-secret");
    expect(text).not.toContain("auth_home");
  });

  test("rm takes the profile out of its pools (30 edge cases); a person is asked first", async () => {
    await using forge = new Forge();
    for (const name of ["a", "b"]) await forge.must(["profile", "add", "pi", "--name", name]);
    await forge.must(["pool", "create", "main"]);
    await forge.must(["pool", "add", "main", "a", "b"]);
    {
      await using terminal = forge.terminal(["profile", "rm", "a"]);
      await terminal.shows("About to delete profile: a");
      terminal.type("no\n");
      expect(await terminal.ends()).toBe(0);
    }
    expect(await forge.must(["profile", "rm", "a"])).toBe('Profile "a" removed\n');
    const { members } = await json(forge, "pool", "show", "main");
    expect(members.map((member: { profile_name: string }) => member.profile_name)).toEqual(["b"]);
    expect(await json(forge, "profile", "remove", "b")).toEqual({ deleted: true, profile: "b" });
    expect((await forge.run(["profile", "rm", "b"])).stderr).toBe("profile not found: b\n");
  });
});

describe("30 section 5: forge profile doctor", () => {
  test("it checks the login folder, where one is set, and the program; exit 0 either way", async () => {
    await using forge = new Forge();
    mkdirSync(join(forge.home, "login"));
    const add = (name: string, ...words: string[]) =>
      forge.must(["profile", "add", "generic", "--name", name, ...words]);
    await add("good", "--home", "~/login", "--command", "A='1 2' env B=3 sh -c true");
    await add("bad", "--home", "~/none", "--command", "no-such-program --x");
    await add("absolute", "--command", "/bin/sh");
    expect(await forge.must(["profile", "doctor", "good"])).toBe(
      `Profile good\n- [OK] auth_home: ${forge.home}/login\n- [OK] command: sh\n`,
    );
    expect(await forge.must(["profile", "doctor", "bad"])).toBe(
      "Profile bad\n- [FAIL] auth_home: auth home not found\n- [FAIL] command: command not found: no-such-program\n",
    );
    expect(await json(forge, "profile", "test", "absolute")).toEqual({
      profile: "absolute",
      checks: [{ name: "command", ok: true, details: "/bin/sh" }],
    });
    expect((await forge.run(["profile", "doctor", "x"])).stderr).toBe("profile not found: x\n");
  });

  test("a program that the login shell of runs does not find is told with what to do", async () => {
    await using forge = new Forge();
    const program = join(forge.home, "bin/agent");
    mkdirSync(join(forge.home, "bin"));
    writeFileSync(program, "#!/bin/sh\n", { mode: 0o755 });
    writeFileSync(join(forge.home, ".bash_profile"), "PATH=/usr/local/bin:/usr/bin:/bin\n");
    const env = { PATH: `${forge.home}/bin:${forge.env.PATH}` };
    const add = ["profile", "add", "generic", "--name", "p", "--command", "A=1 agent"];
    await using terminal = forge.terminal(add, { env, columns: 300 });
    expect(await terminal.ends()).toBe(0);
    expect(terminal.output).toContain(`note: ${program} is not on the PATH of a login shell (bash -l)`);
    const { checks } = JSON.parse(await forge.must(["profile", "doctor", "p", "--json"], { env }));
    expect(checks).toEqual([
      {
        name: "command",
        ok: false,
        details: `${program} is not on the PATH of a login shell (bash -l), which starts runs: add its folder in ~/.profile`,
      },
    ]);
  });
});

describe("30 section 5, 15 section 4.4: forge profile cooldown", () => {
  test("set and clear change the end of the rest and nothing else", async () => {
    await using forge = new Forge();
    const before = await json(forge, "profile", "add", "pi", "--name", "me");
    expect(
      await forge.must(["profile", "cooldown", "set", "me", "--until", "2999-01-02T03:04:05+01:00"]),
    ).toBe('Profile "me" cooldown set to 2999-01-02T02:04:05Z\n');
    const cooling = await json(forge, "profile", "show", "me");
    expect(cooling).toEqual({
      ...before,
      cooldown_until: "2999-01-02T02:04:05Z",
      updated_at: expect.anything(),
    });
    expect(await forge.must(["profile", "cooldown", "clear", "me"])).toBe('Profile "me" cooldown cleared\n');
    expect((await json(forge, "profile", "show", "me")).cooldown_until).toBeUndefined();
  });

  test("a duration counts from now", async () => {
    await using forge = new Forge();
    await forge.must(["profile", "add", "pi", "--name", "me"]);
    const before = Date.now();
    const { cooldown_until } = await json(forge, "profile", "cooldown", "set", "me", "--until", "10m");
    const rest = Date.parse(cooldown_until) - before;
    expect(rest).toBeGreaterThanOrEqual(600_000);
    expect(rest).toBeLessThan(660_000);
  });

  test("ls shows who rests; 30 edge cases: --until -1h is accepted and means no cooldown", async () => {
    await using forge = new Forge();
    const { id } = await json(forge, "profile", "add", "pi", "--name", "me");
    await forge.must(["profile", "cooldown", "set", "me", "--until", "-1h"]);
    expect(await forge.must(["profile", "cooldown", "ls"])).toBe("No cooldowns\n");
    await forge.must(["profile", "cooldown", "set", "me", "--until", "2999-01-02T03:04:05Z"]);
    expect(await forge.must(["profile", "cooldown", "ls"])).toMatch(
      /^PROFILE +STATE +UNTIL +SOURCE +REASON\nme +cooling +2999-01-02T03:04:05Z +manual +-\n$/,
    );
    expect(await json(forge, "profile", "cooldown", "ls")).toEqual([
      {
        profile: "me",
        profile_id: id,
        state: "cooling",
        until: "2999-01-02T03:04:05Z",
        source: "manual",
        since: expect.stringMatching(/Z$/),
      },
    ]);
  });

  test("a reason steers no terminal, in JSON neither", async () => {
    await using forge = new Forge();
    await forge.must(["profile", "add", "pi", "--name", "a"]);
    const reason = "\u009b31m\u007f\u001b[31m";
    await forge.must(["profile", "cooldown", "set", "a", "--park", "--reason", reason]);
    const list = ["profile", "cooldown", "ls"];
    expect((await json(forge, ...list))[0]).toMatchObject({ reason });
    for (const format of ["--json", "--jsonl"]) {
      const answer = await forge.must([...list, format]);
      expect(answer).toContain("\\u009b31m\\u007f\\u001b[31m");
      expect(answer).not.toMatch(/[\u007f-\u009f]/);
    }
  });

  test("set --park keeps a profile from starting until it is cleared; clear --all clears whatever rests", async () => {
    await using forge = new Forge();
    for (const name of ["a", "b", "c"]) await forge.must(["profile", "add", "pi", "--name", name]);
    const park = ["profile", "cooldown", "set", "a", "--park", "--reason", "bill is due"];
    expect(await forge.must(park)).toBe('Profile "a" parked\n');
    await forge.must([
      "profile",
      "cooldown",
      "set",
      "b",
      "--until",
      "2999-01-02T03:04:05Z",
      "--reason",
      "later",
    ]);
    expect((await json(forge, "profile", "cooldown", "ls"))[0]).toEqual({
      profile: "a",
      profile_id: expect.any(String),
      state: "parked",
      source: "manual",
      reason: "bill is due",
      since: expect.stringMatching(/Z$/),
    });
    expect(await forge.must(["profile", "cooldown", "ls"])).toBe(
      [
        "PROFILE  STATE    UNTIL                 SOURCE  REASON",
        "a        parked   -                     manual  bill is due",
        "b        cooling  2999-01-02T03:04:05Z  manual  later",
        "",
      ].join("\n"),
    );
    expect(await forge.must(["profile", "ls"])).toMatch(/^a .* parked\nb .* 2999-01-02T03:04:05Z\nc .* -$/m);
    expect(await forge.must(["profile", "cooldown", "clear", "--all"])).toBe("Cleared 2 cooldown(s)\n");
    expect(await json(forge, "profile", "cooldown", "clear", "--all")).toEqual({ cleared: 0 });
    expect(await forge.must(["profile", "cooldown", "ls"])).toBe("No cooldowns\n");
  });

  test.each([
    [["set", "me"], "--until is required"],
    [["set", "me", "--until", "soon"], 'invalid time "soon"'],
    [["set", "none", "--until", "1h"], "profile not found: none"],
    [["set", "me", "--until", "1h", "--park"], "use either --until or --park, not both"],
    [["clear", "none"], "profile not found: none"],
    [["clear"], "profile name or --all is required"],
    [["clear", "me", "--all"], "use either a profile or --all, not both"],
    [["pause", "me"], "unknown profile cooldown subcommand 'pause'"],
  ])("profile cooldown %j is refused", async (words, message) => {
    await using forge = new Forge();
    await forge.must(["profile", "add", "pi", "--name", "me"]);
    expect(await forge.run(["profile", "cooldown", ...words])).toEqual({
      code: 1,
      stdout: "",
      stderr: `${message}\n`,
    });
  });
});
