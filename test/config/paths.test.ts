import { expect, test } from "bun:test";
import * as paths from "../../src/config/paths.ts";
import { ConfigHome } from "./config-home.ts";

async function configOf(env: Record<string, string>) {
  using home = new ConfigHome();
  return (await home.load({ HOME: "/home/u", ...env })).config;
}

test("everything lies where spec/30 section 1 says", async () => {
  const config = await configOf({});
  const data = "/home/u/.local/share/forge";
  const settings = "/home/u/.config/forge";
  expect([
    paths.dataDir(config),
    paths.databasePath(config),
    paths.loopLogsDir(config),
    paths.loopLogPath(config, "builder"),
    paths.runsDir(config),
    paths.runDir(config, "r1"),
    paths.renderedPromptsDir(config, "l1"),
    paths.renderedPromptPath(config, "l1", "r1"),
    paths.runnersDir(config),
    paths.runnerLockPath(config, "l1"),
    paths.loopEnvironmentPath(config, "l1"),
    paths.supervisorSocketPath(config, {}, 1000),
    paths.supervisorLockPath(config),
    paths.supervisorStartLockPath(config),
    paths.supervisorInfoPath(config),
    paths.supervisorLogPath(config),
    paths.lockStorePath(config, {}),
    paths.lockStorePath(config, { FORGE_LOCK_STORE_PATH: "/l.json" }),
    paths.eventArchiveDir(config),
    paths.profileCatalogPath(config),
    paths.configDir(config),
    paths.contextPath(config),
    paths.hooksPath(config),
    paths.pricesPath(config),
    paths.userTemplatesDir(config),
    paths.userSequencesDir(config),
    paths.SYSTEM_TEMPLATES_DIR,
    paths.SYSTEM_SEQUENCES_DIR,
    paths.repoConfigPath("/r"),
    paths.repoFolder("/r", "workflows"),
    paths.registeredPromptPath("/r", "review"),
    paths.ledgerPath("/r", "builder"),
    paths.mailDir("/r"),
  ]).toEqual([
    data,
    `${data}/forge.db`,
    `${data}/logs/loops`,
    `${data}/logs/loops/builder.log`,
    `${data}/runs`,
    `${data}/runs/r1`,
    `${data}/prompts/l1`,
    `${data}/prompts/l1/run-r1.md`,
    `${data}/runners`,
    `${data}/runners/l1.lock`,
    `${data}/runners/l1.env`,
    `${data}/forged.sock`,
    `${data}/forged.lock`,
    `${data}/forged.start.lock`,
    `${data}/forged.json`,
    `${data}/logs/forged.log`,
    `${data}/file-locks.json`,
    "/l.json",
    `${data}/archives`,
    `${data}/mesh/profile_catalog.json`,
    settings,
    `${settings}/context.yaml`,
    `${settings}/hooks.json`,
    `${settings}/prices.yaml`,
    `${settings}/templates`,
    `${settings}/sequences`,
    "/usr/share/forge/templates",
    "/usr/share/forge/sequences",
    "/r/.forge/forge.yaml",
    "/r/.forge/workflows",
    "/r/.forge/prompts/review.md",
    "/r/.forge/ledgers/builder.md",
    "/r/.fmail",
  ]);
});

test("the database and the archive lie where their keys say", async () => {
  const config = await configOf({ FORGE_DB_PATH: "~/x.db", FORGE_EVENT_RETENTION_ARCHIVE_DIR: "/old" });
  expect([paths.databasePath(config), paths.eventArchiveDir(config)]).toEqual(["/home/u/x.db", "/old"]);
});

test("a socket whose path would be too long lies in the runtime directory (spec/10 section 15)", async () => {
  const deep = `/${"d".repeat(88)}`;
  const socket = async (dataDir: string, env: Record<string, string>) =>
    paths.supervisorSocketPath(await configOf({ FORGE_DATA_DIR: dataDir }), env, 1000);
  expect(await socket(deep.slice(0, -1), {})).toBe(`${deep.slice(0, -1)}/forged.sock`);
  expect(await socket(deep, { XDG_RUNTIME_DIR: "/run/user/1000" })).toMatch(
    /^\/run\/user\/1000\/forge-[0-9a-f]{12}\.sock$/,
  );
  expect(await socket(deep, {})).toMatch(/^\/tmp\/forge-1000\/forge-[0-9a-f]{12}\.sock$/);
  expect(await socket(deep, {})).not.toBe(await socket(`${deep}d`, {}));
});
