import { existsSync, renameSync } from "node:fs";

/**
 * Moves a file out of the way: `x` becomes `x.1`, `x.1` becomes `x.2`, and so on. The oldest beyond `kept` is given up; 0
 * keeps all. Whoever follows `x` by its descriptor can read it to its end.
 */
export function rotateFile(path: string, kept: number): void {
  const aged = (age: number) => (age === 0 ? path : `${path}.${age}`);
  let age = 0;
  while (existsSync(aged(age)) && (kept === 0 || age < kept)) age++;
  for (; age > 0; age--) renameSync(aged(age - 1), aged(age));
}
