/** What stands below the counts of an export. */
export const EXPORT_HINT = "Use --json or --jsonl for full export output.";
