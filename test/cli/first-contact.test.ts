import { describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Forge } from "../support/forge.ts";

/** A PATH on which these programs are the only agent CLIs; each does nothing. */
function pathWith(forge: Forge, ...programs: string[]): { PATH: string } {
  const folder = join(forge.folder, "agents");
  mkdirSync(folder);
  for (const program of programs) {
    writeFileSync(join(folder, program), "#!/bin/sh\n");
    chmodSync(join(folder, program), 0o755);
  }
  return { PATH: [folder, "/usr/bin", "/bin"].join(delimiter) };
}

const UP = ["up", "--name", "first", "--prompt-msg", "x", "--initial-wait", "1h"];

describe("20 section 6.5: up without any profile", () => {
  test("in a script: a preflight error that names what was found, and nothing is created", async () => {
    await using forge = new Forge();
    const env = pathWith(forge, "claude", "codex");
    const { code, stdout, stderr } = await forge.run(UP, { env });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      [
        "no profile to run a loop with",
        "Hint: Found: codex, claude. Run: forge profile init",
        "Next: forge profile init --yes && forge pool create default && forge pool add default codex claude",
        "",
      ].join("\n"),
    );
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("nothing installed: the hint says how to use any command, also with --yes", async () => {
    await using forge = new Forge();
    const { code, stdout } = await forge.run([...UP, "--yes", "--json"], { env: pathWith(forge) });
    expect(code).toBe(2);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "ERR_PREFLIGHT",
      message: "no profile to run a loop with",
      hint: "Install an agent CLI, or: forge profile add generic --name my-agent --command '<command>'",
    });
  });

  test("--yes makes a profile of each and a default pool of them, and goes on", async () => {
    await using forge = new Forge();
    const env = pathWith(forge, "claude", "pi");
    writeFileSync(join(forge.home, ".bash_profile"), "PATH=/usr/bin:/bin\n");
    const { code, stderr } = await forge.run([...UP, "--yes"], { env });
    expect(code).toBe(0);
    expect(stderr).toContain("/agents/pi is not on the PATH of a login shell (bash -l), which starts runs");
    expect(stderr).toContain('Created profile(s) claude, pi in pool "default".');
    const { members, pool } = JSON.parse(await forge.must(["pool", "show", "default", "--json"]));
    expect(pool.is_default).toBe(true);
    expect(members.map((member: { profile_name: string }) => member.profile_name)).toEqual(["claude", "pi"]);
    const [loop] = JSON.parse(await forge.must(["ps", "--json"]));
    expect(loop.name).toBe("first");
    await forge.run(["kill", "first"]);
  });

  test("on a terminal it asks once, and takes only what was chosen", async () => {
    await using forge = new Forge();
    const env = pathWith(forge, "claude", "pi");
    await using terminal = forge.terminal(UP, { env });
    await terminal.shows("Which shall loops use?");
    terminal.type("pi\n");
    expect(await terminal.ends()).toBe(0);
    const profiles = JSON.parse(await forge.must(["profile", "ls", "--json"]));
    expect(profiles.map(({ name }: { name: string }) => name)).toEqual(["pi"]);
    await forge.run(["kill", "first"]);
  });

  test("none chosen: the preflight error, and nothing is created", async () => {
    await using forge = new Forge();
    await using terminal = forge.terminal(UP, { env: pathWith(forge, "claude") });
    await terminal.shows("Which shall loops use?");
    terminal.type("none\n");
    expect(await terminal.ends()).toBe(2);
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("with --profile or --pool given it is not asked", async () => {
    await using forge = new Forge();
    const { code, stderr } = await forge.run([...UP, "--profile", "nope"], {
      env: pathWith(forge, "claude"),
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "profile not found: nope\n" });
  });
});

describe("00 decision 18: agents that ask nobody", () => {
  test("the first up of such a profile on a terminal says so, and no other", async () => {
    await using forge = new Forge();
    const add = (name: string, command: string) =>
      forge.must(["profile", "add", "generic", "--name", name, "--command", command]);
    await add("asks", "true");
    await add("wild", 'true --dangerously-skip-permissions "$X"');
    const noteOf = async (name: string, profile: string) => {
      const words = ["up", "--name", name, "--profile", profile, "--prompt-msg", "x", "-i", "1"];
      await using terminal = forge.terminal([...words, "--spawn-owner", "local"]);
      expect(await terminal.ends()).toBe(0);
      return /note: agents ask nobody .*: (.*)\r/.exec(terminal.output)?.[1];
    };
    expect(await noteOf("a", "asks")).toBeUndefined();
    await forge.must(["up", "--name", "b", "--profile", "wild", "--prompt-msg", "x", "-i", "1"]);
    expect(await noteOf("c", "wild")).toBe("wild (--dangerously-skip-permissions)");
    expect(await noteOf("d", "wild")).toBeUndefined();
  });
});
