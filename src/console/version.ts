declare const BUILD_VERSION: string | undefined;
declare const BUILD_COMMIT: string | undefined;
declare const BUILD_DATE: string | undefined;

// `typeof` first: the names exist only where the build defined them, not when run from source.
export const VERSION = typeof BUILD_VERSION === "string" ? BUILD_VERSION : "dev";
const COMMIT = typeof BUILD_COMMIT === "string" ? BUILD_COMMIT : "none";
const DATE = typeof BUILD_DATE === "string" ? BUILD_DATE : "unknown";

/** The answer to `--version`; `name` is the program asked, forge or fmail. */
export const versionLine = (name: string): string =>
  `${name} version ${VERSION} (commit: ${COMMIT}, built: ${DATE})`;
