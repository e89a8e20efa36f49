import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VerbsSandbox } from "./verbs-sandbox.ts";

/** What `up` refuses, in the order of its checks (spec/20 section 6). The loop `a` is there. */
const REFUSED: [words: string[], message: string][] = [
  [["-n", "0"], "--count must be at least 1"],
  [["--name", "b", "-n", "2"], "--name requires --count=1"],
  [["--pool", "a", "--profile", "b"], "use either --pool or --profile, not both"],
  [["--interval=-1s"], "interval must be >= 0"],
  [["--interval", "-1s"], "interval must be >= 0"],
  [["--interval", "xx"], 'invalid argument "xx" for "--interval" flag: time: invalid duration "xx"'],
  [["--initial-wait=-1s"], "initial wait must be >= 0"],
  [["-i", "-1"], "max iterations must be >= 0"],
  [["-r", "-1s"], "max runtime must be >= 0"],
  [["--prompt", "nope"], "prompt not found: nope"],
  [["--prompt", " "], "prompt is required"],
  [["--quantitative-stop-cmd", "x", "--quantitative-stop-every", "0"], "quantitative stop every must be > 0"],
  [["--qualitative-stop-prompt-msg", "x"], "qualitative stop every must be > 0"],
  [["--qualitative-stop-every", "1", "--qualitative-stop-prompt", "nope"], "prompt not found: nope"],
  [["--profile", "nope"], "profile not found: nope"],
  [["--pool", "nope"], "pool not found: nope"],
  [["--spawn-owner", "zz"], 'invalid --spawn-owner "zz" (valid: local|daemon|auto)'],
  [["--name", "a"], 'loop name "a" already exists'],
  // Of several things that are wrong the first one of the order is told.
  [["-n", "0", "--interval=-1s", "--prompt", "nope"], "--count must be at least 1"],
  [["-i", "-1", "--prompt", "nope"], "max iterations must be >= 0"],
  [["--prompt", "nope", "--profile", "nope"], "prompt not found: nope"],
  [["--profile", "nope", "--spawn-owner", "zz"], "profile not found: nope"],
  [["--name", "a", "--spawn-owner", "zz"], 'invalid --spawn-owner "zz" (valid: local|daemon|auto)'],
];

describe("20 and 10 edge cases: forge up", () => {
  let forge: VerbsSandbox;
  beforeAll(() => {
    forge = new VerbsSandbox();
    forge.profile("p");
    forge.loop("a");
  });
  afterAll(() => forge[Symbol.asyncDispose]());

  for (const [words, message] of REFUSED) {
    test(`up ${words.join(" ")}: ${message}, and nothing is created`, async () => {
      expect(await forge.run(["up", ...words])).toEqual({ code: 1, stdout: "", stderr: `${message}\n` });
      expect((await forge.json(["ps"])).map(({ name }: { name: string }) => name)).toEqual(["a"]);
    });
  }
});

const REST = ["--initial-wait", "1500ms", "--spawn-owner", "local"];

describe("20 section 6: forge up", () => {
  test("makes the loops that were asked for, in JSON always as a list", async () => {
    await using forge = new VerbsSandbox();
    const profile = forge.profile("p");
    mkdirSync(join(forge.repo, ".forge/prompts"), { recursive: true });
    writeFileSync(join(forge.repo, ".forge/prompts/nightly.md"), "x");
    const flags = ["--profile", "p", "--prompt", "nightly", "--interval", "1500ms", "-r", "90", "-i", "3"];
    const smart = ["--quantitative-stop-cmd", "make", "--qualitative-stop-every", "2"];
    const judge = ["--qualitative-stop-prompt-msg", "done?"];
    const words = ["up", "-n", "2", "--name-prefix", "n", "--tags", " b,a,,b ", ...flags, ...smart, ...judge];
    const loops = await forge.json([...words, ...REST]);
    expect(loops).toMatchObject(
      ["n-1", "n-2"].map((name) => ({
        name,
        short_id: expect.stringMatching(/^[a-z0-9]{8}$/),
        repo_path: forge.repo,
        base_prompt_path: join(forge.repo, ".forge/prompts/nightly.md"),
        interval_seconds: 2,
        max_iterations: 3,
        max_runtime_seconds: 90,
        pool_id: "",
        profile_id: profile.id,
        log_path: join(forge.dataDir, `logs/loops/${name}.log`),
        ledger_path: join(forge.repo, `.forge/ledgers/${name}.md`),
        tags: ["b", "a"],
        metadata: {
          runner_owner: "local",
          stop_config: {
            quant: { cmd: "make", every_n: 1, when: "before", decision: "stop", exit_codes: [0] },
            qual: { every_n: 2, prompt: { prompt: "done?", is_path: false }, on_invalid: "continue" },
          },
        },
      })),
    );
    expect(loops[0]).not.toHaveProperty("base_prompt_msg");
    const [pause] = await forge.json(["queue", "ls", "n-1", "--all"]);
    expect(pause).toMatchObject({
      type: "pause",
      payload: { duration_seconds: 2, reason: "initial wait" },
    });
    await forge.must(["kill", "--all"]);
  });

  test("a message wins over a prompt; text names each loop, a generated name has two words", async () => {
    await using forge = new VerbsSandbox();
    forge.profile("p");
    writeFileSync(join(forge.repo, "own.md"), "x");
    const up = ["up", "--prompt", "own.md", "--prompt-msg", " do it ", ...REST];
    expect(await forge.run(up)).toMatchObject({
      stdout: expect.stringMatching(/^Loop "[a-z]+-[a-z]+" started \([a-z0-9]{8}\)\n$/),
      stderr: "",
    });
    expect(await forge.run([...up, "--name", "q", "--quiet"])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await forge.json(["ps"]))[1]).toMatchObject({ name: "q", base_prompt_msg: "do it" });
    await forge.must(["kill", "--all"]);
  });

  test("tells what will keep new loops from their first run: no prompt, a pool without profiles", async () => {
    await using forge = new VerbsSandbox();
    forge.profile("p");
    await forge.must(["pool", "create", "main"]);
    const note = 'note: pool "main" has no profile; use --profile <name> or forge pool add main <profile>';
    expect(await forge.run(["up", "--name", "a", ...REST])).toMatchObject({ code: 0, stderr: `${note}\n` });
    expect(await forge.run(["scale", "-n", "2", ...REST])).toMatchObject({ code: 0, stderr: `${note}\n` });
    await using terminal = forge.terminal(["up", "--name", "b", ...REST], { columns: 300 });
    expect(await terminal.ends()).toBe(0);
    expect(terminal.output).toContain(
      `note: no prompt: open ${forge.repo}/.forge/prompts/default.md: no such file or directory; forge init makes PROMPT.md`,
    );
    await forge.must(["kill", "--all"]);
  });
});

test("20 sections 6.5 and 15: scale creates nothing either where there is no profile at all", async () => {
  await using forge = new VerbsSandbox();
  const { code, stdout } = await forge.run(["scale", "-n", "1", "--json"]);
  expect({ code, message: JSON.parse(stdout).error.message }).toEqual({
    code: 2,
    message: "no profile to run a loop with",
  });
  expect(existsSync(forge.dataDir)).toBe(false);
});
