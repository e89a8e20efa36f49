import { describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";

const profile = (name: string, harness: string, more = "") =>
  `  - {name: ${name}, harness: ${harness}, command_template: x${more}}\n`;

function withConfig(...lines: string[]): Forge {
  const forge = new Forge();
  mkdirSync(forge.configDir, { recursive: true });
  writeFileSync(join(forge.configDir, "config.yaml"), lines.join(""));
  return forge;
}

const bootstrap = ["skills", "bootstrap"];

describe("30 section 18: forge skills bootstrap", () => {
  test("the built-in skills are copied to where the harness looks, once", async () => {
    await using forge = withConfig("profiles:\n", profile("me", "codex"));
    const dest = join(forge.repo, ".codex/skills");
    const head = `Skills source: builtin\nInstalled:\n  - ${dest} (harnesses: codex)\n`;
    expect(await forge.must(bootstrap)).toBe(`${head}    created: 7 files\n`);
    const skills = readdirSync(dest, { recursive: true }).filter((name) => String(name).endsWith("SKILL.md"));
    expect(skills.toSorted()).toEqual([
      "agent-communication/SKILL.md",
      "issue-tracking/SKILL.md",
      "session-protocol/SKILL.md",
      "workflow-pattern/SKILL.md",
    ]);
    for (const skill of skills) {
      const [, head = ""] =
        /^---\n([\s\S]*?)\n---\n/.exec(readFileSync(join(dest, String(skill)), "utf8")) ?? [];
      expect(Bun.YAML.parse(head)).toEqual({
        name: String(skill).split("/")[0],
        description: expect.any(String),
        metadata: { "short-description": expect.any(String) },
      });
    }
    const own = join(dest, "workflow-pattern/SKILL.md");
    writeFileSync(own, "mine");
    expect(await forge.must(bootstrap)).toBe(`${head}    skipped: 7 files\n`);
    expect(readFileSync(own, "utf8")).toBe("mine");
    expect(await forge.must([...bootstrap, "--force"])).toBe(`${head}    created: 7 files\n`);
    expect(readFileSync(own, "utf8")).not.toBe("mine");
  });

  test("every harness has its place, by path; a home of a profile comes first, and one place is named once", async () => {
    await using forge = withConfig(
      "profiles:\n",
      profile("a", "pi"),
      profile("b", "amp"),
      profile("c", "claude"),
      profile("d", "opencode"),
      profile("e", "droid"),
      profile("f", "claude"),
      profile("g", "codex", ", auth_home: ~/shared"),
      profile("h", "pi", ", auth_home: ~/shared"),
      profile("i", "generic"),
    );
    const { source, installed } = JSON.parse(await forge.must([...bootstrap, "--json"]));
    expect(source).toBe("builtin");
    expect(
      installed.map(({ dest, harnesses }: { dest: string; harnesses: string[] }) => [dest, harnesses]),
    ).toEqual([
      [join(forge.home, "shared/skills"), ["codex", "pi"]],
      [join(forge.repo, ".amp/skills"), ["amp"]],
      [join(forge.repo, ".claude/skills"), ["claude"]],
      [join(forge.repo, ".factory/skills"), ["droid"]],
      [join(forge.repo, ".opencode/skills"), ["opencode"]],
      [join(forge.repo, ".pi/skills"), ["pi"]],
    ]);
    expect(installed[0].created).toHaveLength(7);
    expect(installed[0].created[0]).toBe(join(forge.home, "shared/skills/agent-communication/SKILL.md"));
    expect(installed[0].skipped).toEqual([]);
  });

  test("the default pool names the profiles, unless all are asked for", async () => {
    await using forge = withConfig(
      "default_pool: p\npools:\n  - {name: p, profiles: [b]}\nprofiles:\n",
      profile("a", "pi"),
      profile("b", "amp"),
    );
    const places = async (...words: string[]) =>
      JSON.parse(await forge.must([...bootstrap, "--json", ...words])).installed.map(
        ({ harnesses }: { harnesses: string[] }) => harnesses.join(),
      );
    expect(await places()).toEqual(["amp"]);
    expect(await places("--all-profiles")).toEqual(["amp", "pi"]);
  });

  test("a tree of one's own: .agent-skills, or the one of --path", async () => {
    await using forge = withConfig("profiles:\n", profile("me", "codex"));
    for (const folder of [".agent-skills", "other"]) {
      mkdirSync(join(forge.repo, folder, "deep"), { recursive: true });
      writeFileSync(join(forge.repo, folder, `deep/${folder}.md`), new Uint8Array([0xff, 0x00]));
    }
    expect(await forge.must(bootstrap)).toStartWith(`Skills source: ${join(forge.repo, ".agent-skills")}\n`);
    const { source, installed } = JSON.parse(await forge.must([...bootstrap, "--path", "other", "--json"]));
    expect(source).toBe(join(forge.repo, "other"));
    const [path] = installed[0].created;
    expect(path).toBe(join(forge.repo, ".codex/skills/deep/other.md"));
    expect([...readFileSync(path)]).toEqual([0xff, 0x00]);
  });

  test("what is refused", async () => {
    await using forge = withConfig("profiles:\n", profile("me", "codex"));
    const missing = join(forge.repo, "nope");
    expect(await forge.run([...bootstrap, "--path", "nope"])).toEqual({
      code: 1,
      stdout: "",
      stderr: `skills path not found: ${missing}\n`,
    });
    await using bare = new Forge();
    expect(await bare.run(bootstrap)).toMatchObject({
      code: 1,
      stderr: "no profiles configured for skills install\n",
    });
    expect(readdirSync(bare.repo)).toEqual([]);
  });
});
