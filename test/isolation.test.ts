import { expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { detachedEnvironment } from "../src/process/environment.ts";
import { Forge } from "./support/forge.ts";

/** A working directory that tries everything by which Bun lets a folder act inside a program. */
function makeHostile(forge: Forge): void {
  const put = (path: string, text: string) => writeFileSync(join(forge.repo, path), text);
  const runsCode = `require("node:fs").writeFileSync(${JSON.stringify(marker(forge))}, "ran");\n`;
  put("hostile.js", runsCode);
  put(".env", `FORGE_DATA_DIR=${stolenDataDir(forge)}\nFORGE_LOGGING_LEVEL=nonsense\n`);
  put(".env.production", `FORGE_DATA_DIR=${stolenDataDir(forge)}\n`);
  put("bunfig.toml", `preload = ["./hostile.js"]\n`);
  put("tsconfig.json", JSON.stringify({ compilerOptions: { paths: { "*": ["./hostile.js"] } } }));
  put("package.json", JSON.stringify({ name: "forge", type: "commonjs", imports: { "#*": "./hostile.js" } }));
  put("config.yaml", "logging: { level: nonsense }\n");
  for (const name of ["yaml", "valibot", "re2js"]) {
    mkdirSync(join(forge.repo, "node_modules", name), { recursive: true });
    put(`node_modules/${name}/index.js`, runsCode);
  }
}

const marker = (forge: Forge) => join(forge.folder, "hostile-code-ran");
const stolenDataDir = (forge: Forge) => join(forge.folder, "stolen");

test.each([
  ["the files of the working directory", {}],
  ["BUN_OPTIONS with a preload", { BUN_OPTIONS: "--preload=./hostile.js" }],
  ["BUN_OPTIONS with a configuration file", { BUN_OPTIONS: "--config=./bunfig.toml" }],
  ["BUN_OPTIONS with an environment file", { BUN_OPTIONS: "--env-file=.env" }],
  ["BUN_OPTIONS with another directory", { BUN_OPTIONS: "--cwd=/" }],
  ["BUN_OPTIONS that asks Bun for its version", { BUN_OPTIONS: "--version" }],
  ["BUN_OPTIONS that ends its own flags", { BUN_OPTIONS: "-- --preload=./hostile.js" }],
  ["NODE_OPTIONS", { NODE_OPTIONS: "--require ./hostile.js" }],
  ["NODE_PATH", { NODE_PATH: "./node_modules" }],
  ["a Bun configuration file named by the environment", { BUN_CONFIG_FILE: "./bunfig.toml" }],
])("%s changes nothing in Forge", async (_name, env: Record<string, string>) => {
  await using forge = new Forge();
  const version = await forge.must(["--version"]);
  makeHostile(forge);
  expect(await forge.run(["--version"], { env })).toEqual({ code: 0, stdout: version, stderr: "" });
  // Writes the database: into the data directory of this HOME, whatever .env says.
  expect(await forge.run(["migrate", "up"], { env })).toMatchObject({ code: 0, stderr: "" });
  expect(existsSync(join(forge.dataDir, "forge.db"))).toBe(true);
  expect(existsSync(stolenDataDir(forge))).toBe(false);
  expect(existsSync(marker(forge))).toBe(false);
});

test.each(["--version", "-e", "-p", "--preload=./hostile.js", "run", "--inspect"])(
  "the word %s is Forge's to read, not Bun's",
  async (word) => {
    await using forge = new Forge();
    makeHostile(forge);
    const { stdout, stderr } = await forge.run([word, "./hostile.js"]);
    expect(stdout + stderr).not.toMatch(/bun|inspector/i);
    expect(existsSync(marker(forge))).toBe(false);
  },
);

test("what Forge starts detached inherits no variable that changes Bun", () => {
  const env = { PATH: "/bin", BUN_INSTALL: "/opt/bun" };
  const hostile = {
    BUN_BE_BUN: "1",
    BUN_OPTIONS: "--smol",
    BUN_INSPECT_PRELOAD: "./hostile.js",
    BUN_FEATURE_FLAG_NO_ORPHANS: "1",
  };
  expect(detachedEnvironment({ ...env, ...hostile })).toEqual(env);
});
