import { constants } from "node:os";

/** How a program ended: with an exit code of its own, or by a signal. */
export type ExitStatus =
  | { readonly code: number; readonly signal?: undefined }
  | { readonly signal: string; readonly code?: undefined };

/** Words for signals, as they stand in `last_error` since the first Forge. */
const SIGNAL_WORDS: Readonly<Record<string, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGILL: "illegal instruction",
  SIGTRAP: "trace/breakpoint trap",
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGKILL: "killed",
  SIGUSR1: "user defined signal 1",
  SIGSEGV: "segmentation fault",
  SIGUSR2: "user defined signal 2",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
};

const nameByNumber = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/** Reads a shell's `$?`: 128 + n, n being a signal of this system, means ended by it (spec/10 section 13). */
export function decodeShellStatus(raw: number): ExitStatus {
  const signal = nameByNumber.get(raw - 128);
  return signal === undefined ? { code: raw } : { signal: signalWord(signal) };
}

/** The word for a signal such as `SIGTERM`. */
export const signalWord = (name: string): string => SIGNAL_WORDS[name] ?? name;

/** `exit status 3` or `signal: killed`; undefined for success. */
export function describeExit(status: ExitStatus): string | undefined {
  if (status.signal !== undefined) return `signal: ${status.signal}`;
  return status.code === 0 ? undefined : `exit status ${status.code}`;
}
