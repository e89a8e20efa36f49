import { contextJson, readStoredContext } from "../../config/context-file.ts";
import { printable } from "../../console/printable.ts";
import { contextLabel, isSet } from "../context-label.ts";
import type { Run } from "../invocation.ts";

export const run: Run<Record<never, never>> = ({ config, out }) => {
  const context = readStoredContext(config);
  if (out.isJson) out.json(contextJson(context));
  else out.line(isSet(context) ? `Context: ${printable(contextLabel(context))}` : "No context set.");
};
