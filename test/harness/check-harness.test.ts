import { expect, test } from "bun:test";
import type { ProfileId } from "../../src/core/ids.ts";
import type { Profile } from "../../src/core/profile.ts";
import { checkHarness, type RanHarness } from "../../src/harness/check-harness.ts";
import { defaultTemplate } from "../../src/harness/default-templates.ts";
import { MADE_UP } from "./made-up-streams.ts";
import { NOON } from "./streams.ts";

const profile = (draft: Partial<Profile>): Profile => ({
  id: "p" as ProfileId,
  name: "work",
  harness: "claude",
  promptMode: "env",
  commandTemplate: defaultTemplate("claude").command ?? "",
  extraArgs: [],
  env: {},
  maxConcurrency: 1,
  createdAt: NOON,
  updatedAt: NOON,
  ...draft,
});

const place = { env: {}, isRoot: false, now: NOON };

const check = (what: string, draft: Partial<Profile> = {}, where = place, rest: Partial<RanHarness> = {}) => {
  const run = MADE_UP.find((made) => made.what === what);
  if (run === undefined) throw new Error(`no such stream: ${what}`);
  const { harness, output, exit = 0 } = run;
  return checkHarness(
    { profile: profile({ harness, ...draft }), harness, output: Buffer.from(output), exit, ...rest },
    where,
  );
};

const PARKED = { parking: { kind: "auth", at: NOON } } as const;

test("the version is what the stream tells, else what the program says", () => {
  const version = "codex-cli 1.2.3";
  expect(check("codex that ends well", {}, place, { version }).version).toBe(version);
  expect(check("claude that ends well", {}, place, { version }).version).toBe("2.1.330");
});

test.each([
  ["claude that ends well", true],
  ["claude without its result line", false],
  ["codex at its usage limit", false],
  ["any program", true],
  ["any program that a signal ends", false],
])("%s: whether loops can rely on it is %p", (what, isGood) => expect(check(what).isGood).toBe(isGood));

test("a template without machine-readable output is told what to write", () => {
  const { warnings } = check("codex that ends well", { commandTemplate: "codex exec -" });
  expect(warnings).toEqual([
    "template prints no machine-readable output; suggested: codex exec --json --dangerously-bypass-approvals-and-sandbox -",
  ]);
  const inArguments = { commandTemplate: "codex exec", extraArgs: ["--json", "-"] };
  expect(check("codex that ends well", inArguments).warnings).toEqual([]);
});

test("claude as root needs IS_SANDBOX, from the profile or from around", () => {
  const root = { ...place, isRoot: true };
  const what = "claude that ends well";
  expect(check(what, {}, root).warnings).toEqual(["root: set IS_SANDBOX=1"]);
  expect(check(what, { env: { IS_SANDBOX: "1" } }, root).warnings).toEqual([]);
  expect(check(what, {}, { ...root, env: { IS_SANDBOX: "1" } }).warnings).toEqual([]);
});

test("a profile that rests is checked, and offered to be freed when it answers well (spec/15, edge cases)", () => {
  const cooling = { cooldownUntil: NOON + 60_000 };
  const until = "profile cools until 2026-11-24T12:01:00Z";
  expect(check("claude that ends well", cooling).warnings).toEqual([
    `${until}; forge profile cooldown clear work`,
  ]);
  expect(check("claude whose window is spent", cooling).warnings).toEqual([until]);
  expect(check("claude that ends well", {}, place, PARKED).warnings).toEqual([
    "profile is parked (auth); forge profile cooldown clear work",
  ]);
});
