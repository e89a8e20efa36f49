/** The words of the operating system where Bun has others for the same code. */
const WORDS: Readonly<Record<string, string>> = {
  EISDIR: "is a directory",
  EEXIST: "file exists",
  ELOOP: "too many levels of symbolic links",
};

/** The code of a failed system call, such as `ENOENT`; undefined for any other thrown value. */
export function systemErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : undefined;
}

/** Why a system call failed, `no such file or directory`, without the call and the path that stand in Bun's message. */
export function systemReason(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = systemErrorCode(thrown);
  if (code === undefined) return message;
  return WORDS[code] ?? /^[A-Z0-9_]+: ([^,]+)/.exec(message)?.[1] ?? code;
}

/** The words for what the runtime calls by codes of its own when it cannot reach somebody. */
const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ConnectionRefused: "connection refused",
  ECONNREFUSED: "connection refused",
  ConnectionClosed: "connection closed",
};

/** Why a request got no answer, in a few words. */
export function networkReason(thrown: unknown): string {
  if (thrown instanceof Error && thrown.name === "TimeoutError") return "timeout";
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return NETWORK_WORDS[systemErrorCode(thrown) ?? ""] ?? message;
}
