import { bool } from "../../console/flags.ts";

/** Accepted by every command, before or after its name. */
export const globalFlags = { "robot-help": bool("Machine-readable help output") } as const;

/** Accepted only before a command's name. */
export const rootFlags = { version: bool("version for fmail", { short: "v" }) } as const;
