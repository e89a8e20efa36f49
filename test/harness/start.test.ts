import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LoopId, RunId } from "../../src/core/ids.ts";
import type { Profile } from "../../src/core/profile.ts";
import { findCodexConfig, keepConfiguredSandbox } from "../../src/harness/codex-config.ts";
import { harnessCommand } from "../../src/harness/command.ts";
import { harnessEnvironment } from "../../src/harness/environment.ts";
import { errorOf } from "../support/error-of.ts";
import { Sandbox } from "../support/sandbox.ts";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox[Symbol.asyncDispose]());

const profile = (changes: Partial<Profile> = {}) => ({
  harness: "pi",
  commandTemplate: "agent",
  extraArgs: [],
  promptMode: "env" as const,
  env: {},
  ...changes,
});

const loop = { id: "loop-id" as LoopId, name: "alpha", repoPath: "/repo" }; // samples
const runId = "run-id" as RunId; // a sample

test.each<[string, Partial<Profile>, string | undefined, string]>([
  ["a template is trimmed", { commandTemplate: "  agent --fast \n" }, undefined, "agent --fast"],
  ["extra arguments follow verbatim", { extraArgs: ["--a", `"b c"`] }, undefined, `agent --a "b c"`],
  [
    "each {prompt} is the path",
    { promptMode: "path", commandTemplate: "agent {prompt} {prompt}" },
    "/p $& x.md",
    "agent /p $& x.md /p $& x.md",
  ],
  ["{prompt} means nothing in other modes", { commandTemplate: "agent {prompt}" }, "/p.md", "agent {prompt}"],
])("%s", (_what, changes, path, command) => {
  expect(harnessCommand(profile(changes), path)).toBe(command);
});

test("a blank template and a missing path are errors", () => {
  expect(errorOf(() => harnessCommand(profile({ commandTemplate: " " }), undefined)).message).toBe(
    "command template is required",
  );
  expect(errorOf(() => harnessCommand(profile({ promptMode: "path" }), undefined)).message).toBe(
    "prompt path is required for path mode",
  );
});

const environment = (changes: Partial<Profile> = {}, rest: object = {}) =>
  harnessEnvironment({
    base: { PATH: "/bin", HOME: "/home/u" },
    loop,
    runId,
    profile: profile(changes),
    ...rest,
  });

test("a run knows its loop, its run and who it is", () => {
  expect(environment()).toEqual({
    PATH: "/bin",
    HOME: "/home/u",
    FORGE_LOOP_ID: "loop-id",
    FORGE_LOOP_NAME: "alpha",
    FORGE_RUN_ID: "run-id",
    FMAIL_AGENT: "alpha",
    SV_REPO: "/repo",
    SV_ACTOR: "alpha",
  });
});

test.each([
  ["claude", { CLAUDE_CONFIG_DIR: "/auth" }],
  ["codex", { CODEX_HOME: "/auth" }],
  ["opencode", { OPENCODE_CONFIG_DIR: "/auth", XDG_DATA_HOME: "/auth" }],
  ["pi", { HOME: "/auth", PI_CODING_AGENT_DIR: "/auth" }],
  ["droid", { HOME: "/auth" }],
  ["", { HOME: "/auth" }],
])("%p finds its login at the auth home", (harness, variables) => {
  expect(environment({ harness, authHome: "/auth" })).toMatchObject(variables);
  expect(environment({ harness })).toMatchObject({ HOME: "/home/u" });
});

test("the prompt of another run is not inherited, its own is given in env mode only", () => {
  const base = { FORGE_PROMPT_CONTENT: "another's" };
  expect(environment({}, { base })).not.toHaveProperty("FORGE_PROMPT_CONTENT");
  expect(environment({}, { base, promptText: "own" })).toMatchObject({ FORGE_PROMPT_CONTENT: "own" });
});

test("inherited actor variables are replaced, those of the profile are kept unless blank, the loop's own always win", () => {
  const base = { FMAIL_AGENT: "other", SV_REPO: "/other", SV_ACTOR: "other", FORGE_RUN_ID: "other" };
  expect(environment({}, { base })).toMatchObject({
    FMAIL_AGENT: "alpha",
    SV_REPO: "/repo",
    SV_ACTOR: "alpha",
  });
  const env = { FMAIL_AGENT: "mine", SV_REPO: " ", FORGE_RUN_ID: "mine" };
  expect(environment({ env }, { base })).toMatchObject({
    FMAIL_AGENT: "mine",
    SV_REPO: "/repo",
    SV_ACTOR: "mine",
    FORGE_RUN_ID: "run-id",
  });
});

test.each([
  ["Alpha-1", "Alpha-1"],
  ["My Loop", "my-loop"],
  ["\u65e5\u672c", "loop-id"],
])("a loop named %p is the agent %p", (name, agent) => {
  expect(environment({}, { loop: { ...loop, name } })).toMatchObject({
    FMAIL_AGENT: agent,
    FORGE_LOOP_NAME: name,
  });
});

test("codex reads the first configuration that exists", () => {
  const at = (...parts: string[]) => {
    const path = join(sandbox.home, ...parts);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, "");
    return path;
  };
  const env = { HOME: sandbox.home, CODEX_CONFIG: join(sandbox.home, "env.toml") };
  const find = (changes: Partial<Profile> = {}) => findCodexConfig(profile(changes), env);
  expect(find()).toBeUndefined();
  const usual = at(".codex", "config.toml");
  expect(find()).toBe(usual);
  const ofAccount = at("auth", "config.toml");
  expect(find({ authHome: join(sandbox.home, "auth") })).toBe(ofAccount);
  const ofProcess = at("env.toml");
  expect(find({ authHome: join(sandbox.home, "auth") })).toBe(ofProcess);
  const ofProfile = at("profile.toml");
  expect(find({ env: { CODEX_CONFIG: ofProfile } })).toBe(ofProfile);
});

const CODEX = "codex exec  --dangerously-bypass-approvals-and-sandbox --full-auto -";

test.each([
  ["", CODEX],
  [`# sandbox_mode = "read-only"`, CODEX],
  [`sandbox_mode = "workspace-write"`, "codex exec --full-auto -"],
  [
    `model = "x"\n  sandbox_mode="read-only"\nsandbox_mode = "workspace-write"`,
    "codex exec --sandbox read-only -",
  ],
])("the configuration %p keeps its sandbox", (text, command) => {
  const path = join(sandbox.home, "config.toml");
  writeFileSync(path, text);
  expect(keepConfiguredSandbox(CODEX, path)).toBe(command);
});

test("a sandbox that is given stays, and one is added at the end of a command without a final dash", () => {
  const path = join(sandbox.home, "config.toml");
  writeFileSync(path, `sandbox_mode = "danger-full-access"`);
  expect(keepConfiguredSandbox("codex --sandbox=x -", path)).toBe("codex --sandbox=x -");
  expect(keepConfiguredSandbox("codex --sandbox x -", path)).toBe("codex --sandbox x -");
  expect(keepConfiguredSandbox("codex exec", path)).toBe("codex exec --sandbox danger-full-access");
});
