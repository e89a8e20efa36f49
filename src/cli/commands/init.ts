import { resolve } from "node:path";
import { printable } from "../../console/printable.ts";
import type { Run } from "../invocation.ts";
import type { initFlags } from "../registry/workspace.ts";
import { makeScaffold } from "../scaffold.ts";

export const run: Run<typeof initFlags> = ({ flags, world, out }) => {
  const promptsFrom = flags["prompts-from"];
  const { created, skipped } = makeScaffold({
    repo: world.cwd,
    force: flags.force,
    promptsFrom: promptsFrom ? resolve(world.cwd, promptsFrom) : undefined,
    createPrompt: !flags["no-create-prompt"],
  });
  const lines = [
    `Initialized Forge scaffolding in ${world.cwd}`,
    ...block("Created:", created),
    ...block("Skipped:", skipped),
  ];
  out.done(lines.map(printable).join("\n"), { repo_path: world.cwd, created, skipped });
};

const block = (title: string, paths: readonly string[]): string[] =>
  paths.length === 0 ? [] : [title, ...paths.map((path) => `  - ${path}`)];
