import { expect, test } from "bun:test";
import { families, registryFor } from "../../src/cli/registry/registry.ts";

test("the names of each family are those of its commands, so that none is out of reach", async () => {
  for (const { names, load } of families) {
    const described = (await load()).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(described.toSorted()).toEqual(names.toSorted());
  }
});

test("no name stands for two commands", () => {
  const names = families.flatMap((family) => family.names);
  expect(names.length).toBe(new Set(names).size);
});

test("a line that begins with a command is read with its family alone", async () => {
  const { commands } = await registryFor(["up", "--json"]);
  expect(commands.map(({ name }) => name)).toEqual(["up", "run", "logs", "help"]);
});

test("any other line is read with all commands", async () => {
  const { commands } = await registryFor(["--json", "ps"]);
  expect(commands.length).toBeGreaterThan(25);
});
