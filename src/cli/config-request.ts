import type { ConfigRequest } from "../config/config.ts";
import type { World } from "../core/world.ts";
import type { GlobalValues } from "./globals.ts";

/** What the configuration is put together from, for a command line. */
export const configRequest = (global: GlobalValues, world: World): ConfigRequest => ({
  env: world.env,
  cwd: world.cwd,
  configFlag: global.config,
  logLevel: global["log-level"],
  logFormat: global["log-format"],
  verbose: global.verbose,
});
