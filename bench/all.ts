// Runs every benchmark, one after the other, each in a process of its own; exits 1 when one of them missed a bar or failed.
import { join } from "node:path";

const options = process.argv.slice(2);
const scripts = [...new Bun.Glob("*.ts").scanSync({ cwd: import.meta.dir })]
  .filter((name) => name !== "all.ts")
  .sort();

for (const script of scripts) {
  const { exitCode } = Bun.spawnSync([process.execPath, join(import.meta.dir, script), ...options], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode !== 0) process.exitCode = 1;
}
