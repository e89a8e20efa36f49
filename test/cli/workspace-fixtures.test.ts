import { expect, test } from "bun:test";
import { fixturesAreMissing, installFixture } from "../support/fixtures.ts";
import { Forge } from "../support/forge.ts";

const json = async (forge: Forge, ...words: string[]) => JSON.parse(await forge.must([...words, "--json"]));

const names = (list: { name: string }[]) => list.map(({ name }) => name);

test.skipIf(fixturesAreMissing).each([
  ["go", ["broken", "claude-b", "pi-a"], ["pi-a", "claude-b"]],
  ["rust", ["broken", "pi-a"], ["pi-a"]],
] as const)("profiles, pools and notes of the %s line are shown and go on", async (fixture, all, members) => {
  await using forge = new Forge();
  installFixture(fixture, forge);
  expect(names(await json(forge, "profile", "ls"))).toEqual([...all]);
  const { pool, members: shown } = await json(forge, "pool", "show", "main");
  expect([pool.is_default, shown.map((member: { profile_name: string }) => member.profile_name)]).toEqual([
    true,
    [...members],
  ]);
  await forge.must(["pool", "add", "main", "broken"]);
  await forge.must(["profile", "edit", "pi-a", "--max-concurrency", "5"]);
  expect((await json(forge, "profile", "show", "pi-a")).max_concurrency).toBe(5);
  const here = ["--loop", "builder"];
  await forge.must(["mem", "set", "k", "v", ...here]);
  await forge.must(["work", "set", "t1", "--agent", "ag", ...here]);
  expect(await forge.must(["mem", "ls", ...here])).toBe("k=v\n");
  expect((await json(forge, "work", "current", ...here)).loop_iteration).toBeGreaterThan(0);
});

test.skipIf(fixturesAreMissing)(
  "forge init leaves what another implementation made in a repository",
  async () => {
    await using forge = new Forge();
    installFixture("go", forge);
    const { created, skipped } = await json(forge, "init");
    expect(skipped).toEqual([`${forge.repo}/.forge/forge.yaml`, `${forge.repo}/PROMPT.md`]);
    expect(created.slice(5)).toEqual([`${forge.repo}/.gitignore (.fmail/ entry)`]);
  },
);
