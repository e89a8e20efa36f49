/**
 * The file name of a loop's log and ledger (spec/10 section 1): lower case, `a-z0-9` kept, each run of space, `-` and
 * `_` one `-`, everything else dropped. A name that leaves nothing gives `fallback`, the loop id.
 */
export function slug(name: string, fallback: string): string {
  const kept = name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9 _-]/g, "")
    .replace(/[ _-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return kept === "" ? fallback : kept;
}
