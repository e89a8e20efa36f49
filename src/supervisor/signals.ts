import type { SupervisorEnding } from "./ending.ts";

/**
 * Makes signals ends of the supervisor that leave runs to the next one: the first waits for runners to let go, the second
 * ends the process at once. A supervisor in a terminal goes with it; one in the background has none to lose.
 */
export function listenForSignals(
  ending: SupervisorEnding,
  { inBackground }: { inBackground: boolean },
): void {
  const leave = (signal: string) => {
    if (ending.mode === "leave") process.exit(0);
    ending.begin("leave", signal);
  };
  process.on("SIGTERM", leave).on("SIGINT", leave);
  process.on("SIGHUP", inBackground ? () => {} : leave);
}
