// Installs the agent CLIs that the end-to-end tests drive, each into a folder of its own below .cache/agents, which git
// ignores. What is there already in its pinned version is left alone. Without the network the tests skip themselves.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const agents = JSON.parse(readFileSync(join(root, "scripts/agents.json"), "utf8"));

function install(name, { package: packageName, version }) {
  const folder = join(root, ".cache/agents", `${name}-${version}`);
  if (existsSync(folder)) return;
  // Renamed when complete, so that a folder under its final name is always whole.
  const fresh = `${folder}.${process.pid}.new`;
  mkdirSync(fresh, { recursive: true });
  try {
    const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
    execFileSync("npm", ["install", "--prefix", fresh, ...quiet, `${packageName}@${version}`], {
      cwd: fresh,
      stdio: ["ignore", "inherit", "inherit"],
    });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

for (const [name, agent] of Object.entries(agents)) install(name, agent);
