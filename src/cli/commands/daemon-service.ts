import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { defaultDataDir, findConfigFile } from "../../config/location.ts";
import { dataDir } from "../../config/paths.ts";
import { exists, ForgeError, operationFailed } from "../../core/errors.ts";
import {
  launchAgent,
  type ServiceFile,
  type ServiceRequest,
  systemdUnit,
} from "../../supervisor/service-file.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { daemonInstallFlags } from "../registry/daemon.ts";

type Caller = Pick<Invocation, "config" | "world" | "global" | "out">;

export const install: Run<typeof daemonInstallFlags> = (invocation) => {
  const { flags, out } = invocation;
  const service = serviceOf(invocation);
  if (flags.print) return out.write(service.text);
  writeService(service, flags.force);
  if (flags.enable) for (const command of service.enable) execute(command);
  const next = service.enable.map((command) => command.join(" "));
  if (out.isJson) return out.json({ installed: true, path: service.path, enabled: flags.enable, next });
  if (out.quiet) return;
  out.line(service.path);
  if (!flags.enable) for (const command of next) out.line(`  ${command}`);
};

export const uninstall: Run<Record<never, never>> = (invocation) => {
  const { path, disable } = serviceOf(invocation);
  const wasInstalled = existsSync(path);
  if (wasInstalled) {
    // One that was never enabled cannot be disabled, and that is fine.
    for (const command of disable) Bun.spawnSync([...command], { stdio: ["ignore", "ignore", "ignore"] });
    rmSync(path, { force: true });
  }
  invocation.out.done(wasInstalled ? `removed ${path}` : "forged is not installed as a service", {
    uninstalled: wasInstalled,
    path,
  });
};

/** The service of this system that runs the supervisor of the caller's data directory. Throws when there is none. */
function serviceOf({ config, world, global }: Caller): ServiceFile {
  const home = world.env.HOME ?? "";
  const place = { cwd: world.cwd, home: home || undefined };
  const configFile = findConfigFile(global.config, world.env, place);
  const isUsual = dataDir(config) === defaultDataDir(place);
  const request: ServiceRequest = {
    home,
    uid: process.getuid?.() ?? 0,
    command: [
      world.executable,
      ...(global.config && configFile ? ["--config", configFile] : []),
      "daemon",
      "run",
    ],
    env: isUsual ? {} : { FORGE_DATA_DIR: dataDir(config) },
  };
  if (process.platform === "darwin") return launchAgent(request);
  if (Bun.which("systemctl", { PATH: world.env.PATH ?? "" })) return systemdUnit(request);
  throw new ForgeError("unknown", "no supported service manager found");
}

function writeService({ path, text }: ServiceFile, overwrites: boolean): void {
  const found = existsSync(path) ? readFileSync(path, "utf8") : undefined;
  if (found === text) return;
  if (found !== undefined && !overwrites) throw exists(`service file already exists: ${path} (use --force)`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function execute(command: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync([...command], { stdio: ["ignore", "ignore", "pipe"] });
  if (exitCode === 0) return;
  const reason = stderr.toString().trim() || `exit status ${exitCode}`;
  throw operationFailed(`failed to run ${command.join(" ")}: ${reason}`);
}
