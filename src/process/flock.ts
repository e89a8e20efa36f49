import { dlopen, read } from "bun:ffi";

export const LOCK_SHARED = 1;
export const LOCK_EXCLUSIVE = 2;
export const WITHOUT_WAITING = 4;

/** `unavailable`: the file system has no such locks. */
export type LockAnswer = "ours" | "held" | "unavailable";

/** What the system gives as error number where somebody else holds the lock (`EWOULDBLOCK`). */
const WOULD_BLOCK = process.platform === "darwin" ? 35 : 11;

/**
 * Asks the system for an advisory lock on an open file; `operation` is one of the constants above, combined with
 * `WITHOUT_WAITING`. The runtime has no `flock` of its own. Throws when the C library cannot be found.
 */
export function flock(file: number, operation: number): LockAnswer {
  library ??= load();
  if (library.flock(file, operation) === 0) return "ours";
  const errorNumber = library.errorNumber();
  return errorNumber !== null && read.i32(errorNumber) === WOULD_BLOCK ? "held" : "unavailable";
}

let library: ReturnType<typeof load> | undefined;

/** The C library has one of these names (macOS, glibc, musl). */
function load() {
  const flock = { args: ["i32", "i32"], returns: "i32" } as const;
  const errorNumber = { args: [], returns: "ptr" } as const;
  if (process.platform === "darwin") {
    const { symbols } = dlopen("libSystem.B.dylib", { flock, __error: errorNumber });
    return { flock: symbols.flock, errorNumber: symbols.__error };
  }
  const architecture = process.arch === "arm64" ? "aarch64" : "x86_64";
  const names = ["libc.so.6", `libc.musl-${architecture}.so.1`];
  for (const name of names) {
    try {
      const { symbols } = dlopen(name, { flock, __errno_location: errorNumber });
      return { flock: symbols.flock, errorNumber: symbols.__errno_location };
    } catch {
      // Not this system's library.
    }
  }
  throw new Error(`flock not available: none of ${names.join(", ")} could be loaded`);
}
