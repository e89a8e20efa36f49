import { type Check, checksOf } from "../../core/doctor-report.ts";
import type { World } from "../../core/world.ts";
import { isInPath, versionLine } from "./programs.ts";

const { pass, warn } = checksOf("agent");

/** What can be known of an agent that runs in a terminal pane. */
interface Capabilities {
  readonly interactive: boolean;
  readonly idle: boolean;
  readonly approval: boolean;
}

const HARNESSES: readonly (readonly [harness: string, capabilities: Capabilities])[] = [
  ["codex", { interactive: true, idle: true, approval: true }],
  ["claude", { interactive: true, idle: true, approval: true }],
  ["opencode", { interactive: true, idle: false, approval: false }],
  ["droid", { interactive: true, idle: false, approval: false }],
];

/** The agent CLIs whose version is told. */
const AGENT_PROGRAMS = ["claude", "codex", "opencode", "pi", "droid", "amp"];

export async function agentChecks(world: World): Promise<Check[]> {
  return [...HARNESSES.map(([harness, can]) => harnessCheck(harness, can, world)), await versions(world)];
}

function harnessCheck(harness: string, { interactive, idle, approval }: Capabilities, world: World): Check {
  const details = `interactive_agent=${interactive}, reliable_idle_detection=${idle}, approval_signal=${approval}, default_mode=interactive`;
  const name = `harness:${harness}`;
  if (isInPath(harness, world)) return pass(name, details);
  return { category: "agent", name, status: "warn", details: `${details}; binary not found in PATH` };
}

async function versions(world: World): Promise<Check> {
  const found = AGENT_PROGRAMS.filter((program) => isInPath(program, world));
  if (found.length === 0) return warn("versions", "no agent CLI found in PATH");
  const lines = await Promise.all(
    found.map(
      async (program) => `${program} ${(await versionLine([program, "--version"], world)) ?? "unknown"}`,
    ),
  );
  return pass("versions", lines.join("; "));
}
