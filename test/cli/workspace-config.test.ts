import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Forge } from "../support/forge.ts";

const fileOf = (forge: Forge) => join(forge.configDir, "config.yaml");

function withConfig(yaml: string): Forge {
  const forge = new Forge();
  mkdirSync(dirname(fileOf(forge)), { recursive: true });
  writeFileSync(fileOf(forge), yaml);
  return forge;
}

describe("30 section 4: forge config path", () => {
  test("it prints the path, also with a broken file, and creates nothing", async () => {
    await using forge = withConfig("a: [");
    expect(await forge.must(["config", "path"])).toBe(`${fileOf(forge)}\n`);
    expect(JSON.parse(await forge.must(["config", "path", "--json"]))).toEqual({ path: fileOf(forge) });
    const env = { XDG_CONFIG_HOME: "/xdg" };
    expect(await forge.must(["config", "path"], { env })).toBe("/xdg/forge/config.yaml\n");
    expect(existsSync(forge.dataDir)).toBe(false);
  });
});

describe("30 section 4: forge config show", () => {
  const yaml = `
logging: {level: warn}
profiles: [{name: p, harness: pi, command_template: pi, env: {API_KEY: sk-secret}}]
accounts: [{provider: openai, profile_name: p, credential_ref: "sk-secret"}]
`;
  const env = { FORGE_TUI_THEME: "ocean", FORGE_DAEMON_TOKEN: "sk-secret-0123456789" };

  test("every key has its value and its source, sorted, and no secret is shown", async () => {
    await using forge = withConfig(yaml);
    const table = await forge.must(["config", "show", "--log-format", "json"], { env });
    const rows = table.split("\n").slice(0, -1);
    expect(rows[0]).toMatch(/^KEY +VALUE +SOURCE$/);
    const keys = rows.slice(1).map((row) => row.split(" ")[0] ?? "");
    expect(keys).toEqual(keys.toSorted());
    for (const row of [
      /^logging\.level +warn +file$/m,
      /^logging\.format +json +flag$/m,
      /^tui\.theme +ocean +env$/m,
      /^daemon\.token +\*\*\* +env$/m,
      /^loop_defaults\.interval +30s +default$/m,
      /^retention\.log_max_size +20MB +default$/m,
    ]) {
      expect(table).toMatch(row);
    }
    expect(table).not.toContain("sk-secret");
    expect(await forge.must(["config", "show", "--json"], { env })).not.toContain("sk-secret");
  });

  test("JSON is a list of key, value, source, one per line in JSON lines", async () => {
    await using forge = withConfig(yaml);
    const list = JSON.parse(await forge.must(["config", "show", "--json"], { env }));
    const lines = await forge.must(["config", "show", "--jsonl"], { env });
    expect(
      lines
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(list);
    const byKey = Object.fromEntries(list.map((row: { key: string }) => [row.key, row]));
    expect(byKey["tui.refresh_interval"]).toEqual({
      key: "tui.refresh_interval",
      value: "500ms",
      source: "default",
    });
    expect(byKey.profiles).toMatchObject({
      value: [{ name: "p", harness: "pi", env: { API_KEY: "***" } }],
      source: "file",
    });
    expect(byKey.accounts.value[0].credential_ref).toBe("***");
    expect(byKey["database.max_connections"].value).toBe(10);
  });

  test("one key is its value alone", async () => {
    await using forge = withConfig(yaml);
    expect(await forge.must(["config", "show", "logging.level"])).toBe("warn\n");
    expect(await forge.must(["config", "show", "global.data_dir"])).toBe(`${forge.dataDir}\n`);
    expect(JSON.parse(await forge.must(["config", "show", "logging.level", "--json"]))).toEqual({
      key: "logging.level",
      value: "warn",
      source: "file",
    });
  });

  test("an unknown key is an error", async () => {
    await using forge = new Forge();
    expect(await forge.run(["config", "show", "logging.levle"])).toMatchObject({
      code: 1,
      stdout: "",
      stderr: "unknown key: logging.levle\n",
    });
  });
});

describe("30 section 4: forge config validate", () => {
  test("a valid file, and no file at all", async () => {
    await using forge = withConfig("logging: {level: warn}\n");
    expect(await forge.must(["config", "validate"])).toBe(`Config valid: ${fileOf(forge)}\n`);
    await using fresh = new Forge();
    expect(await fresh.must(["config", "validate"])).toBe(
      `Config valid: ${fileOf(fresh)} (no file, defaults)\n`,
    );
  });

  test("a file is named by its path", async () => {
    await using forge = new Forge();
    writeFileSync(join(forge.repo, "mine.yaml"), "tui: {theme: neon}\n");
    const { code, stderr } = await forge.run(["config", "validate", "mine.yaml"]);
    expect(code).toBe(1);
    expect(stderr).toStartWith(
      "Error loading config: config validation failed: tui.theme must be one of default, high-contrast,",
    );
    expect(stderr).toEndWith(`(${join(forge.repo, "mine.yaml")}:1:14)\n`);
    expect((await forge.run(["config", "validate", "none.yaml"])).stderr).toBe(
      `Error loading config: failed to load config file: ${join(forge.repo, "none.yaml")}: no such file or directory\n`,
    );
  });

  test("what nobody knows is a warning with its place and the nearest name", async () => {
    await using forge = withConfig(
      "logging:\n  levle: debug\npools:\n  - {name: a, colour: red}\ntui: {}\ntui: {}\n",
    );
    const { code, stdout, stderr } = await forge.run(["config", "validate"]);
    expect([code, stdout]).toEqual([0, `Config valid: ${fileOf(forge)}\n`]);
    expect(stderr.split("\n")).toEqual([
      `warning: ${fileOf(forge)}:6:1: Map keys must be unique`,
      `warning: ${fileOf(forge)}:2:10: unknown key: logging.levle (did you mean level?)`,
      `warning: ${fileOf(forge)}:4:23: unknown key: pools[0].colour`,
      "",
    ]);
    const json = JSON.parse(await forge.must(["config", "validate", "--json"]));
    expect(json).toMatchObject({ path: fileOf(forge), valid: true });
    expect(json.warnings).toHaveLength(3);
  });

  test("JSON tells the error in the answer, exit 1", async () => {
    await using forge = withConfig("a: [\n");
    const { code, stdout, stderr } = await forge.run(["config", "validate", "--json"]);
    expect([code, stderr]).toEqual([1, ""]);
    const { error, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({ path: fileOf(forge), valid: false, warnings: [] });
    expect(error).toStartWith(`Error loading config: failed to load config file: ${fileOf(forge)}:2:1: `);
  });
});

describe("30 section 4: forge config init", () => {
  test("it writes a template that only its owner reads, and that is valid", async () => {
    await using forge = new Forge();
    expect(await forge.must(["config", "init"])).toBe(
      `Created config file: ${fileOf(forge)}\n\nEdit this file to customize Forge behavior.\n`,
    );
    expect(statSync(fileOf(forge)).mode & 0o777).toBe(0o600);
    expect(await forge.run(["config", "validate"])).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("a file that exists stays, unless --force", async () => {
    await using forge = withConfig("logging: {level: warn}\n");
    expect(await forge.run(["config", "init"])).toEqual({
      code: 0,
      stdout: `Config file already exists: ${fileOf(forge)}\nUse --force to overwrite.\n`,
      stderr: "",
    });
    expect(JSON.parse(await forge.must(["config", "init", "--json"]))).toEqual({
      path: fileOf(forge),
      created: false,
      message: "config file already exists (use --force to overwrite)",
    });
    expect(readFileSync(fileOf(forge), "utf8")).toBe("logging: {level: warn}\n");
    expect(JSON.parse(await forge.must(["config", "init", "-f", "--json"]))).toEqual({
      path: fileOf(forge),
      created: true,
    });
    expect(readFileSync(fileOf(forge), "utf8")).toStartWith("# Configuration of Forge.");
  });

  test("it goes where --config or the environment points, through a link too", async () => {
    await using forge = new Forge();
    const kept = join(forge.folder, "kept.yaml");
    writeFileSync(kept, "");
    symlinkSync(kept, join(forge.repo, "link.yaml"));
    await forge.must(["config", "init", "-f", "--config", "link.yaml"]);
    expect(readFileSync(kept, "utf8")).toStartWith("# Configuration of Forge.");
    await forge.must(["config", "init"], { env: { FORGE_GLOBAL_CONFIG_DIR: join(forge.repo, "conf") } });
    expect(existsSync(join(forge.repo, "conf/config.yaml"))).toBe(true);
  });

  test("the path is a directory: error, exit 2", async () => {
    await using forge = new Forge();
    mkdirSync(fileOf(forge), { recursive: true });
    expect(await forge.run(["config", "init"])).toEqual({
      code: 2,
      stdout: "",
      stderr: `failed to write config file: ${fileOf(forge)}: is a directory\n`,
    });
  });
});

describe("30 edge cases: a configuration that cannot be used", () => {
  test("--config <missing>: exit 1, enveloped as ERR_INVALID", async () => {
    await using forge = new Forge();
    const { code, stdout } = await forge.run(["ps", "--config", "/none.yaml", "--json"]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toEqual({
      code: "ERR_INVALID",
      message: "Error loading config: failed to load config file: /none.yaml: no such file or directory",
    });
  });

  test("an invalid file stops every database verb before the database is created", async () => {
    await using forge = withConfig("database: {max_connections: 0}\n");
    for (const words of [["ps"], ["up", "--prompt-msg", "x"], ["profile", "ls"], ["pool", "create", "a"]]) {
      expect(await forge.run(words)).toEqual({
        code: 1,
        stdout: "",
        stderr:
          "Error loading config: config validation failed: database.max_connections must be at least 1\n",
      });
    }
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("config with only unknown keys works", async () => {
    await using forge = withConfig("colour: red\n");
    expect(await forge.run(["ps"])).toEqual({ code: 0, stdout: "No loops found\n", stderr: "" });
  });
});
