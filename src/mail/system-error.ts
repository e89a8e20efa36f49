/** The words of the operating system where Bun has others for the same code. */
const WORDS: Readonly<Record<string, string>> = {
  EISDIR: "is a directory",
  EEXIST: "file exists",
  ENAMETOOLONG: "file name too long",
  ELOOP: "too many levels of symbolic links",
};

/** The code of a failed system call, such as `ENOENT`; undefined for any other thrown value. */
export function errorCode(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("syscall" in thrown && "code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}

/**
 * A failure in the form `open /x/y: no such file or directory`; errors of other kinds give their message. `shownPath` is how
 * the user named the file.
 */
export function systemReason(thrown: unknown, shownPath?: string): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const code = errorCode(thrown);
  if (code === undefined) return thrown.message;
  // Errors of system calls carry these two.
  const { syscall, path } = thrown as { syscall?: string; path?: string };
  const [, words] = /^[A-Z0-9_]+: ([^,]+)/.exec(thrown.message) ?? [];
  const call = [syscall, shownPath ?? path].filter((part) => part !== undefined).join(" ");
  const reason = WORDS[code] ?? words ?? code;
  return call === "" ? reason : `${call}: ${reason}`;
}
