import { expect, test } from "bun:test";
import { configTemplate } from "../../src/config/template.ts";
import { namedKeys } from "../../src/config/values.ts";
import { ConfigHome } from "./config-home.ts";

const template = configTemplate();

/** Without the `#` before every key, as after a person took it away. */
const uncommented = template.replace(/^( *)#(?=\w)/gm, "$1");

test("the template sets nothing, so that it loads to the defaults (spec/30 section 4)", async () => {
  using home = new ConfigHome(template);
  const { config, sources, unknownKeys } = await home.load();
  expect([[...sources], unknownKeys]).toEqual([[], []]);
  expect(config).toEqual((await home.load({}, { configFlag: home.write("empty.yaml", "") })).config);
});

test("with every key uncommented it sets every key, to the defaults", async () => {
  using home = new ConfigHome(uncommented);
  const { config, sources, unknownKeys } = await home.load();
  expect([...sources.keys()].sort()).toEqual(
    namedKeys()
      .map(({ name }) => name)
      .sort(),
  );
  expect(unknownKeys).toEqual([]);
  expect(config).toEqual((await home.load({}, { configFlag: home.write("empty.yaml", "") })).config);
});

test("its example of a profile and a pool is valid as it stands", async () => {
  const examples = template.match(/^# {3}(profiles|pools):\n(# {5}.*\n)+/gm) ?? [];
  using home = new ConfigHome(examples.join("").replace(/^# {3}/gm, ""));
  const { config, unknownKeys } = await home.load();
  expect(unknownKeys).toEqual([]);
  expect(config.profiles.map(({ name }) => name)).toEqual(["work"]);
  expect(config.pools).toMatchObject([{ name: "main", profiles: ["work"] }]);
});

test("every key is explained in the line above it", () => {
  const keys = template.match(/^ *#\w+:/gm) ?? [];
  const explained = template.match(/^ *# .+\n *#\w+:/gm) ?? [];
  expect(explained.length).toBe(keys.length);
});
