import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";

const catalog = (...words: string[]) => ["profile", "catalog", ...words];

test("30 section 5.4: a catalog is made, shown, and told which logins are good", async () => {
  await using forge = new Forge();
  expect(await forge.must(catalog())).toBe("No profile catalog configured\n");
  expect(JSON.parse(await forge.must(catalog("status", "--json")))).toEqual({
    ...{ schema_version: 1, harness_counts: {}, nodes: {} },
  });
  expect(existsSync(forge.dataDir)).toBe(false);
  expect(await forge.must(catalog("init", "--node", "n1", "--count", "claude=2", "--count", "zed=1"))).toBe(
    "Provisioned node n1 with 3 catalog profiles\n",
  );
  expect(
    await forge.must(catalog("auth", "--node", "n1", "--profile", "CC2", "--status", "authenticated")),
  ).toBe("Updated CC2 on n1\n");
  expect(await forge.must(catalog())).toBe(
    "Harness Counts\n- claude: 2\n- zed: 1\n\nNode Profile Auth Status\nNODE  TOTAL  OK  EXPIRED  MISSING\nn1    3      1   0        2\n",
  );
  const file = JSON.parse(readFileSync(join(forge.dataDir, "mesh/profile_catalog.json"), "utf8"));
  expect(file.nodes.n1.profiles).toEqual([
    { id: "CC1", harness: "claude", auth_status: "missing" },
    { id: "CC2", harness: "claude", auth_status: "ok" },
    { id: "ZED1", harness: "zed", auth_status: "missing" },
  ]);
  expect(JSON.parse(await forge.must(catalog("--json")))).toEqual(file);
});

test("without counts the profiles of this machine count, and the node is made anew from all counts", async () => {
  await using forge = new Forge();
  expect((await forge.run(catalog("init", "--node", "n1"))).stderr).toBe(
    "no harness counts provided and no local profiles to derive from\n",
  );
  await forge.must(catalog("init", "--node", "n1", "--count", "codex=1"));
  for (const name of ["a", "b"]) await forge.must(["profile", "add", "pi", "--name", name]);
  const node = JSON.parse(await forge.must(catalog("init", "--node", "n2", "--json")));
  expect(node.profiles.map(({ id }: { id: string }) => id)).toEqual(["Codex1", "PI1", "PI2"]);
});

test.each<[string[], string]>([
  [["init"], "--node is required"],
  [["init", "--node", "n", "--count", "x"], 'invalid harness count "x" (expected harness=count)'],
  [["init", "--node", "n", "--count", "=1"], 'invalid harness count "=1" (harness missing)'],
  [["init", "--node", "n", "--count", "pi=-1"], 'invalid harness count "pi=-1" (count must be u32)'],
  [["init", "--node", "n", "--count", "pi=0"], 'invalid harness count "pi=0" (count must be > 0)'],
  [
    ["init", "--node", "n", "--count", "pi=4294967296"],
    'invalid harness count "pi=4294967296" (count must be u32)',
  ],
  [
    ["init", "--node", "n", "--count", "pi=4294967295"],
    'invalid harness count "pi=4294967295" (count must be at most 10000)',
  ],
  [["auth", "--node", "n"], "--profile is required"],
  [["auth", "--node", "n", "--profile", "p"], "--status is required"],
  [
    ["auth", "--node", "n", "--profile", "p", "--status", "x"],
    'unknown auth status "x" (expected ok|expired|missing)',
  ],
  [["auth", "--node", "n", "--profile", "p", "--status", "ok"], "node not found in catalog: n"],
])("profile catalog %j is refused", async (words, message) => {
  await using forge = new Forge();
  const { code, stderr } = await forge.run(catalog(...words));
  expect({ code, stderr }).toEqual({ code: 1, stderr: `${message}\n` });
});
