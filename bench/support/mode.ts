/** `--smoke`: few rounds, to see that a benchmark works; its figures are no measurement and no bar is held against them. */
export const smoke: boolean = process.argv.includes("--smoke");

/** How often to measure. */
export const rounds = (full: number, inSmokeMode = 3): number => (smoke ? inSmokeMode : full);
