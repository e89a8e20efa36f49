import { describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Forge } from "../support/forge.ts";

function write(forge: Forge, name: string, text: string): string {
  const path = join(forge.home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Puts an executable into ~/bin, which `environment` makes the whole PATH. */
function install(forge: Forge, name: string, script = "#!/bin/sh\n"): string {
  const path = write(forge, `bin/${name}`, script);
  chmodSync(path, 0o755);
  return path;
}

/** No agent CLI of this machine is on the PATH, and no shell of this machine is asked. */
const environment = (forge: Forge, more: Record<string, string> = {}) => ({
  PATH: join(forge.home, "bin"),
  FORGE_PROFILE_INIT_SKIP_ZSH_ALIAS: "1",
  ...more,
});

async function importJson(forge: Forge, words: string[] = [], env: Record<string, string> = {}) {
  return JSON.parse(
    await forge.must(["profile", "init", ...words, "--json"], { env: environment(forge, env) }),
  );
}

describe("30 section 5.3: forge profile init", () => {
  test("aliases of all usual files become profiles, the first definition of a name counts", async () => {
    await using forge = new Forge();
    write(forge, ".zsh_aliases", "alias cc1='claude'\nalias ls='ls -l'\nalias both='codex'\n");
    write(
      forge,
      ".bashrc",
      "  alias both='claude'\nalias oc1='OPENCODE_CONFIG_DIR=~/.oc-one opencode' # note\n",
    );
    write(forge, ".config/fish/config.fish", "alias fishy 'pi --quiet'\n");
    expect(await importJson(forge)).toEqual({
      created: ["cc1", "both", "oc1", "fishy"],
      skipped: [],
      missing: [],
      imported: 4,
    });
    const show = async (name: string) => JSON.parse(await forge.must(["profile", "show", name, "--json"]));
    expect(await show("oc1")).toMatchObject({
      harness: "opencode",
      auth_kind: "opencode",
      auth_home: join(forge.home, ".oc-one"),
      prompt_mode: "env",
      command_template:
        'OPENCODE_CONFIG_DIR=~/.oc-one opencode run --model anthropic/claude-opus-4-5 "$FORGE_PROMPT_CONTENT"',
      max_concurrency: 1,
    });
    expect(await show("both")).toMatchObject({ harness: "codex", prompt_mode: "stdin" });
    expect(await show("cc1")).toMatchObject({ auth_home: join(forge.home, ".claude-1") });
    expect(await show("fishy")).toMatchObject({
      command_template: 'pi --quiet -p "$FORGE_PROMPT_CONTENT"',
    });
  });

  test("a second run changes nothing", async () => {
    await using forge = new Forge();
    write(forge, ".bashrc", "alias cc1=claude\n");
    const env = environment(forge);
    expect(await forge.must(["profile", "init"], { env })).toBe("Created: cc1\n");
    const before = await forge.must(["profile", "ls", "--json"]);
    expect(await forge.must(["profile", "import-aliases"], { env })).toBe("Skipped: cc1\n");
    expect(await forge.must(["profile", "ls", "--json"])).toBe(before);
  });

  test("agent CLIs on the PATH become profiles of their own name, unless an alias has it", async () => {
    await using forge = new Forge();
    for (const name of ["codex", "claude-code", "factory", "amp", "git"]) install(forge, name);
    write(forge, ".bashrc", "alias codex='codex --quiet'\n");
    expect((await importJson(forge)).created).toEqual(["codex", "claude-code", "factory", "amp"]);
    const profiles = JSON.parse(await forge.must(["profile", "ls", "--json"]));
    const templates = Object.fromEntries(
      profiles.map((profile: Record<string, string>) => [profile.name, profile.command_template]),
    );
    expect(templates.codex).toBe("codex --quiet exec -");
    expect(templates.amp).toBe("amp -x");
  });

  test("files named by the environment stand for the usual ones and the PATH", async () => {
    await using forge = new Forge();
    install(forge, "codex");
    write(forge, ".bashrc", "alias cc1=claude\n");
    write(forge, "a", "alias one=pi\n");
    write(forge, "b", "alias two=pi\nalias one=codex\n");
    const FORGE_ALIAS_FILE = "~/a:$HOME/none:$HOME/b:~/a";
    expect((await importJson(forge, [], { FORGE_ALIAS_FILE })).created).toEqual(["one", "two"]);
    const other = { FORGE_PROFILE_INIT_ALIAS_FILE: join(forge.home, "b") };
    expect((await importJson(forge, [], other)).skipped).toEqual(["two", "one"]);
  });

  test("names choose exactly those aliases, whatever they start; the unknown are told, exit 0", async () => {
    await using forge = new Forge();
    write(forge, ".bashrc", "alias work='~/bin/wrapper.sh'\nalias cc1=claude\n");
    const env = environment(forge);
    expect(await forge.must(["profile", "init", "work", "nope"], { env })).toBe(
      "Created: work\nMissing: nope\n",
    );
    expect(await importJson(forge, ["work", "work", "nope"])).toEqual({
      created: [],
      skipped: ["work"],
      missing: ["nope"],
      imported: 0,
    });
  });

  test("a name that is in no file is looked up in the user's shell", async () => {
    await using forge = new Forge();
    write(forge, ".bash_aliases", "n=1; alias cc$n='claude --x'\n");
    const env = { FORGE_ALIAS_SHELL: "/bin/bash", PATH: "/usr/bin:/bin" };
    const answer = await forge.must(["profile", "init", "cc1", "no'pe", "--json"], { env });
    expect(JSON.parse(answer)).toMatchObject({ created: ["cc1"], missing: ["no'pe"] });
    const none = await forge.must(["profile", "init", "x", "--json"], {
      env: { FORGE_ALIAS_SHELL: "/none", PATH: "/usr/bin:/bin" },
    });
    expect(JSON.parse(none).missing).toEqual(["x"]);
  });

  test("nothing to import", async () => {
    await using forge = new Forge();
    expect(await forge.must(["profile", "init"], { env: environment(forge) })).toBe("No aliases processed\n");
    expect(await importJson(forge)).toEqual({ created: [], skipped: [], missing: [], imported: 0 });
  });

  test("on a terminal without a default pool a person may choose the default profile", async () => {
    await using forge = new Forge();
    write(forge, ".bashrc", "alias cc1=claude\nalias cx=codex\n");
    const env = environment(forge);
    {
      await using terminal = forge.terminal(["profile", "init"], { env });
      await terminal.shows("Default profile of new loops (cc1, cx; empty: none): ");
      terminal.type("cx\n");
      expect(await terminal.ends()).toBe(0);
      expect(terminal.output).toContain('Default pool "default" uses profile "cx"');
    }
    const { pool, members } = JSON.parse(await forge.must(["pool", "show", "default", "--json"]));
    expect([pool.is_default, members[0].profile_name]).toEqual([true, "cx"]);
    await using again = forge.terminal(["profile", "init"], { env });
    expect(await again.ends()).toBe(0);
    expect(again.output).not.toContain("Default profile");
  });
});
