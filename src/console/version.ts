declare const BUILD_VERSION: string | undefined;

/** The version of this build. `typeof` first: the name exists only where the build defined it, not when run from source. */
export const VERSION = typeof BUILD_VERSION === "string" ? BUILD_VERSION : "dev";
