import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";

const CONFIG = `
profiles:
  - {name: a, harness: pi, command_template: "pi -p x", env: {KEY: secret}}
  - {name: b, harness: generic, command_template: "true", max_concurrency: 2}
pools:
  - {name: main, profiles: [a, b], is_default: true}
`;

function configure(forge: Forge, text: string): void {
  mkdirSync(forge.configDir, { recursive: true });
  writeFileSync(join(forge.configDir, "config.yaml"), text);
}

test("30 Do better 2: the profiles and pools of the configuration become usable, and follow the file", async () => {
  await using forge = new Forge();
  expect(await forge.must(["profile", "sync"])).toBe("No profiles in the configuration\n");
  configure(forge, CONFIG);
  expect(await forge.must(["profile", "sync"])).toBe("Created profiles: a, b\nCreated pools: main\n");
  const show = async () => JSON.parse(await forge.must(["pool", "show", "main", "--json"]));
  expect((await show()).members.map((member: { profile_name: string }) => member.profile_name)).toEqual([
    "a",
    "b",
  ]);
  expect((await show()).pool.is_default).toBe(true);
  expect(await forge.must(["profile", "sync"])).toBe("Unchanged profiles: a, b\nUnchanged pools: main\n");
  await forge.must(["profile", "add", "pi", "--name", "by-hand"]);
  await forge.must(["pool", "add", "main", "by-hand"]);
  configure(forge, CONFIG.replace("max_concurrency: 2", "max_concurrency: 5"));
  expect(JSON.parse(await forge.must(["profile", "sync", "--json"]))).toEqual({
    profiles: { created: [], updated: ["b"], unchanged: ["a"] },
    pools: { created: [], updated: [], unchanged: ["main"] },
  });
  expect(JSON.parse(await forge.must(["profile", "show", "b", "--json"]))).toMatchObject({
    max_concurrency: 5,
  });
  expect((await show()).members.length).toBe(3);
});

test("what the file gets wrong stops all of it", async () => {
  await using forge = new Forge();
  configure(forge, CONFIG.replace("is_default: true", "strategy: dice"));
  const { code, stderr } = await forge.run(["profile", "sync"]);
  expect([code, stderr.split("\n")[0]]).toEqual([1, 'unknown pool strategy "dice"']);
  expect(await forge.must(["profile", "ls"])).toBe("No profiles found\n");
});
