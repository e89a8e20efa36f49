import { ensureProject, renameProject } from "../../mail/project/project-file.ts";
import type { Run } from "../invocation.ts";
import { openMailbox } from "../mailbox.ts";
import type { initFlags } from "../registry/flags.ts";
import { UsageError } from "../usage-error.ts";

export const run: Run<typeof initFlags> = (invocation) => {
  const { flags, world } = invocation;
  const { root, store } = openMailbox(invocation);
  if (flags.project === undefined) return ensureProject(store, root, world);
  const id = flags.project.trim();
  if (id === "") throw new UsageError("project id is required");
  renameProject(store, id);
};
