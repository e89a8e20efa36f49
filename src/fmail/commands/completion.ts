import { completionScript, SHELLS } from "../completion/scripts.ts";
import type { Run } from "../invocation.ts";
import { UsageError } from "../usage-error.ts";

export const run: Run<Record<never, never>> = ({ args: [typed = ""], out }) => {
  const shell = SHELLS.find((known) => known === typed);
  if (shell === undefined)
    throw new UsageError(`unsupported shell ${JSON.stringify(typed)}: use ${SHELLS.join(", ")}`);
  out.write(completionScript(shell));
};
