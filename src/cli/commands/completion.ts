import { ForgeError } from "../../core/errors.ts";
import { COMPLETION_SCRIPTS } from "../completion/scripts.ts";
import type { Run } from "../invocation.ts";

export const run: Run<Record<never, never>> = ({ args: [shell = ""], out }) => {
  const script = Object.hasOwn(COMPLETION_SCRIPTS, shell) ? COMPLETION_SCRIPTS[shell] : undefined;
  if (script === undefined) {
    const hint = `Supported: ${Object.keys(COMPLETION_SCRIPTS).join(", ")}`;
    throw new ForgeError("unknown", `unsupported shell: ${shell}`, { hint });
  }
  out.write(script);
};
