import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { globalConfigFile } from "../../src/config/location.ts";
import { ConfigHome } from "./config-home.ts";

const marked = (mark: string) => `default_pool: ""\nworkspace_defaults: {tmux_prefix: ${mark}}\n`;

/** In order of precedence (spec/30 section 2.1). */
const PLACES = [
  "flag.yaml",
  "config-path.yaml",
  "config.yaml",
  "moved/config.yaml",
  "xdg/forge/config.yaml",
  "xdg/swarm/config.yaml",
  ".config/forge/config.yaml",
  ".config/swarm/config.yaml",
];

test.each(PLACES.map((place, index) => [place, PLACES.slice(index)] as const))(
  "%s is the file that counts where nothing before it exists",
  async (place, present) => {
    using home = new ConfigHome();
    for (const name of present) home.write(name, marked(name.replace(/\W/g, "-")));
    const named = (name: string) => (present.includes(name) ? join(home.home, name) : "");
    const { path, config } = await home.load(
      {
        FORGE_CONFIG_PATH: named("config-path.yaml"),
        FORGE_CONFIG: named("config.yaml"),
        FORGE_GLOBAL_CONFIG_DIR: join(home.home, "moved"),
        XDG_CONFIG_HOME: join(home.home, "xdg"),
      },
      { configFlag: named("flag.yaml") },
    );
    expect(path).toBe(join(home.home, place));
    expect(config.workspaceDefaults.tmuxPrefix).toBe(place.replace(/\W/g, "-"));
  },
);

test("a config.yaml in the working directory is never used (decision 16)", async () => {
  using home = new ConfigHome();
  home.write("repo/config.yaml", marked("foreign"));
  home.write("repo/.config/forge/config.yaml", marked("foreign"));
  expect((await home.load()).path).toBeUndefined();
  expect((await home.load({ HOME: "" })).path).toBeUndefined();
});

test("a file that is named has to exist", async () => {
  using home = new ConfigHome(marked("usual"));
  const missing = join(home.home, "missing.yaml");
  const expected = `Error loading config: failed to load config file: ${missing}: no such file or directory`;
  for (const error of [
    await home.failure({}, { configFlag: missing }),
    await home.failure({}, { configFlag: "../missing.yaml" }),
    await home.failure({}, { configFlag: "~/missing.yaml" }),
    await home.failure({ FORGE_CONFIG_PATH: missing }),
    await home.failure({ FORGE_CONFIG: missing }),
  ]) {
    expect([error.message, error.code, error.exit]).toEqual([expected, "ERR_INVALID", 1]);
  }
});

test("a folder in the place of the file is an error", async () => {
  using home = new ConfigHome();
  mkdirSync(home.file, { recursive: true });
  expect((await home.failure()).message).toBe(
    `Error loading config: failed to load config file: ${home.file}: is a directory`,
  );
});

test("the directories follow the environment (spec/30 section 1)", async () => {
  using home = new ConfigHome();
  const directories = async (env: Record<string, string>) => (await home.load(env)).config.global;
  expect(await directories({ XDG_CONFIG_HOME: "/xdg" })).toMatchObject({ configDir: "/xdg/forge" });
  expect(await directories({ XDG_CONFIG_HOME: "" })).toMatchObject({
    configDir: join(home.home, ".config/forge"),
  });
  expect(await directories({ HOME: "" })).toMatchObject({
    dataDir: join(home.repo, ".forge-data"),
    configDir: join(home.repo, ".forge-data/config"),
  });
});

test("the file to write is the first place that is looked at, or the one that is named", () => {
  const place = { cwd: "/somewhere", home: "/home/u" };
  expect(globalConfigFile(undefined, {}, place)).toBe("/home/u/.config/forge/config.yaml");
  expect(globalConfigFile(undefined, { XDG_CONFIG_HOME: "/xdg" }, place)).toBe("/xdg/forge/config.yaml");
  expect(globalConfigFile(undefined, { FORGE_GLOBAL_CONFIG_DIR: "~/c" }, place)).toBe(
    "/home/u/c/config.yaml",
  );
  expect(globalConfigFile("mine.yaml", { FORGE_CONFIG: "/x" }, place)).toBe("/somewhere/mine.yaml");
});
