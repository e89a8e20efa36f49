import { expect, test } from "bun:test";
import { fixturesAreMissing, installFixture } from "../support/fixtures.ts";
import { Forge } from "../support/forge.ts";

const json = async (forge: Forge, ...words: string[]) => JSON.parse(await forge.must([...words, "--json"]));

test.skipIf(fixturesAreMissing).each(["go", "rust"] as const)("x %s", async (fixture) => {
  await using forge = new Forge();
  installFixture(fixture, forge);
  console.log(await forge.must(["profile", "ls"]), await forge.must(["pool", "ls"]), await forge.must(["pool", "show", "main"]), await forge.must(["mem", "ls", "--loop", "builder"]), await forge.must(["work", "ls", "--loop", "builder"]), await forge.must(["prompt","ls"]), await forge.must(["config","show","default_pool"]),await forge.must(["init"]));
});
