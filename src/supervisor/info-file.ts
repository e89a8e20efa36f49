import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { supervisorInfoPath } from "../config/paths.ts";
import { readSupervisorInfo, type SupervisorInfo } from "./address.ts";

/** Tells clients where this supervisor is; they see the old file or the new one, never a part. */
export function writeInfo(config: Config, info: SupervisorInfo): void {
  const path = supervisorInfoPath(config);
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Removes what `writeInfo` wrote, unless another supervisor has written its own since. */
export function removeInfo(config: Config, { instance_id }: SupervisorInfo): void {
  if (readSupervisorInfo(config)?.instance_id === instance_id)
    rmSync(supervisorInfoPath(config), { force: true });
}
