import type { QuantitativeStop } from "../../core/stop-config.ts";
import { identifyChild } from "../../process/identity.ts";
import { terminateRun } from "../../process/terminate.ts";
import type { Session } from "../session.ts";

export interface StopCommandResult {
  /** -1 when a signal ended the command, or it took too long. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What patterns are searched in, of each stream; more is read and forgotten. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Runs the command in the repository with the loop's environment. Undefined when the runner was asked to end meanwhile. */
export async function runStopCommand(
  session: Session,
  { command, timeoutSeconds }: QuantitativeStop,
  repoPath: string,
): Promise<StopCommandResult | undefined> {
  const env = session.deps.environmentOf(session.loopId);
  let child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  try {
    // In a group of its own, so that its children can be ended with it.
    child = Bun.spawn(["bash", "-lc", command], {
      cwd: repoPath,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (thrown) {
    return { exitCode: -1, stdout: "", stderr: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  const leader = identifyChild(child.pid);
  const end = () => terminateRun({ leader });
  const streams = Promise.all([kept(child.stdout), kept(child.stderr)]);
  const timer = timeoutSeconds > 0 ? setTimeout(end, timeoutSeconds * 1000) : undefined;
  using _asked = session.control.subscribe(() => session.control.endsRun && end());
  await child.exited;
  clearTimeout(timer);
  if (session.control.endsRun) return undefined;
  const [stdout, stderr] = await streams;
  return { exitCode: child.exitCode ?? -1, stdout, stderr };
}

async function kept(stream: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    if (bytes < KEPT_BYTES) chunks.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(chunks).toString();
}
