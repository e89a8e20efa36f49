// Builds dist/forge, one executable that answers to `forge` and `fmail`. Run by `npm ci` (through `prepare`)
// and by `npm run build`; needs Node only, and the npm package `bun`.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFlags } from "./compile-flags.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");

/** The path of the bun executable; repairs the placeholder that npm leaves where install scripts are blocked. */
function bunExecutable() {
  const packageFolder = dirname(createRequire(import.meta.url).resolve("bun/package.json"));
  const executable = join(packageFolder, "bin", "bun.exe");
  const answers = () => spawnSync(executable, ["--version"], { stdio: "ignore" }).status === 0;
  if (answers()) return executable;
  execFileSync(process.execPath, ["install.js"], { cwd: packageFolder, stdio: "inherit" });
  if (answers()) return executable;
  throw new Error(`bun cannot be started: ${executable}`);
}

/** The last commit's short hash and date, or nothing outside a checkout. */
function commit() {
  const git = spawnSync("git", ["log", "-1", "--format=%h %cI"], { cwd: root, encoding: "utf8" });
  if (git.status !== 0) return {};
  const [hash, date] = git.stdout.trim().split(" ");
  return { hash, date };
}

function build() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { hash, date } = commit();
  const define = (name, value) => ["--define", `${name}=${JSON.stringify(value)}`];
  mkdirSync(dist, { recursive: true });
  // A running executable cannot be overwritten (ETXTBSY): build beside it and rename.
  const fresh = join(dist, `forge.${process.pid}.new`);
  const environment = { ...process.env };
  delete environment.BUN_OPTIONS;
  delete environment.BUN_BE_BUN;
  execFileSync(
    bunExecutable(),
    [
      ...compileFlags,
      ...define("BUILD_VERSION", version),
      ...define("BUILD_COMMIT", hash ?? "none"),
      ...define("BUILD_DATE", date ?? "unknown"),
      ...["src/main.ts", "--outfile", fresh],
    ],
    { cwd: root, env: environment, stdio: ["ignore", "ignore", "inherit"] },
  );
  renameSync(fresh, join(dist, "forge"));
  rmSync(join(dist, "fmail"), { force: true });
  symlinkSync("forge", join(dist, "fmail"));
}

build();
