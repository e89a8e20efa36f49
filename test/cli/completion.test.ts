import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";
import { addLoop } from "../support/loops.ts";
import { addWorkspace } from "../support/places.ts";

describe("30 section 16: forge completion", () => {
  const shells: [shell: string, mark: RegExp][] = [
    ["bash", /^# .*forge[\s\S]*\ncomplete .*forge\n/],
    ["zsh", /^#compdef forge\n/],
    ["fish", /\ncomplete -c forge /],
  ];
  for (const [shell, mark] of shells) {
    test(`prints a script for ${shell}`, async () => {
      await using forge = new Forge();
      expect(await forge.must(["completion", shell])).toMatch(mark);
    });
  }

  test("refuses other shells and no shell", async () => {
    await using forge = new Forge();
    expect(await forge.run(["completion", "tcsh"])).toMatchObject({
      code: 1,
      stderr: "unsupported shell: tcsh\n",
    });
    expect(await forge.run(["completion"])).toMatchObject({
      code: 1,
      stderr: "accepts 1 arg(s), received 0\n",
    });
  });

  test("works with a broken configuration", async () => {
    await using forge = new Forge();
    const { code } = await forge.run(["completion", "bash"], { env: { FORGE_CONFIG: "/nonexistent" } });
    expect(code).toBe(0);
  });
});

describe("30 section 16: forge __complete", () => {
  test("answers with the names of loops, never fails, and makes no database", async () => {
    await using forge = new Forge();
    expect(await forge.must(["__complete", "logs", ""])).toBe(":4\n");
    expect(existsSync(forge.dataDir)).toBe(false);
    addLoop(forge, { name: "alpha" });
    expect(await forge.must(["__complete", "logs", "a"])).toBe("alpha\tstopped\n:4\n");
    expect(await forge.must(["__complete", "--nonsense", "-Z", "x", ""])).toEndWith(":4\n");
    expect(await forge.must(["__complete"])).toContain("ps\tList loops\n");
  });

  test("offers subcommands and flags", async () => {
    await using forge = new Forge();
    expect(await forge.must(["__complete", "migrate", "d"])).toMatch(/^down\t.*\n:4\n$/);
    expect(await forge.must(["__complete", "migrate", "down", "--st"])).toMatch(/^--steps\t.*\n:4\n$/);
  });

  test("real names stand where a name is wanted", async () => {
    await using forge = new Forge();
    const agent = "aaaaaaaa-0000-4000-8000-000000000001";
    addWorkspace(forge, { id: "ws-1", name: "web", agents: [agent] });
    addLoop(forge, { name: "alpha" });
    await forge.must(["profile", "add", "pi", "--name", "me"]);
    await forge.must(["pool", "create", "main"]);
    const { id } = JSON.parse(await forge.must(["hook", "on-event", "--cmd", "true", "--json"]));
    mkdirSync(join(forge.repo, ".forge/prompts"), { recursive: true });
    writeFileSync(join(forge.repo, ".forge/prompts/plan.md"), "x");
    const places: [words: string[], name: string][] = [
      [["msg", ""], "alpha"],
      [["profile", "edit", ""], "me"],
      [["up", "--pool", ""], "main"],
      [["up", "--pool="], "--pool=main"],
      [["prompt", "show", ""], "plan"],
      [["template", "show", ""], "review"],
      [["seq", "show", ""], "bugfix"],
      [["send", ""], agent],
      [["template", "run", "review", "-a", ""], agent],
      [["use", "--workspace", ""], "web"],
      [["hook", "rm", ""], id],
      [["audit", "--type", "run.f"], "run.failed"],
    ];
    for (const [words, name] of places) {
      const offered = (await forge.must(["__complete", ...words]))
        .split("\n")
        .map((line) => line.split("\t")[0]);
      expect([words, offered]).toEqual([words, expect.arrayContaining([name])]);
    }
  });

  test("bash completes through the script", async () => {
    await using forge = new Forge();
    addLoop(forge, { name: "it's mine" });
    const script = [
      "source <(forge completion bash)",
      "COMP_WORDS=(forge logs it); COMP_CWORD=2",
      "_forge_complete",
      `printf "%s\\n" "\${COMPREPLY[@]}"`,
    ].join("\n");
    const { stdout, stderr } = await forge.program(["bash", "-c", script]);
    expect({ stdout, stderr }).toEqual({ stdout: "it\\'s\\ mine\n", stderr: "" });
  });
});
