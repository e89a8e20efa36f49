import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "./support/forge.ts";
import { importedFile, readSource, type SourceFile, sourceFiles } from "./support/source.ts";

/** The rooms from top to bottom, as the table of AGENTS.md lists them. A row may name several, which are equal. */
const rooms: readonly (readonly string[])[] = readFileSync(join(projectRoot, "AGENTS.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `src/"))
  .map((line) => [...(line.split("|")[1] ?? "").matchAll(/`(src\/[^`]+)`/g)].map((room) => room[1] ?? ""));

/** The height of a file's room: 0 is the top. Undefined for a file in no room. */
function level(path: string): number | undefined {
  const found = rooms.findIndex((row) =>
    row.some((room) => path === room || (room.endsWith("/") && path.startsWith(room))),
  );
  return found < 0 ? undefined : found;
}

/** The arrows of a file that may not be, as `file:line: why`. */
function brokenArrows(file: SourceFile): string[] {
  const own = level(file.path);
  if (own === undefined) return [`${file.path}:1: is in no room that AGENTS.md lists`];
  return file.imports.flatMap((imported) => {
    const at = `${file.path}:${imported.line}: `;
    if (imported.specifier === undefined) return [`${at}imports what cannot be known before it runs`];
    const target = importedFile(file.path, imported);
    if (target === undefined) return [];
    const theirs = level(target);
    if (theirs === undefined) return [`${at}imports ${target}, which is in no room`];
    if (theirs < own) return [`${at}imports ${target}, which is in a room above`];
    const sibling = theirs === own && room(target) !== room(file.path);
    return sibling ? [`${at}imports ${target}, which is in a room beside`] : [];
  });
}

const room = (path: string): string | undefined => path.split("/")[1];

test("every import in src points down the list of rooms in AGENTS.md, or stays in its room", () => {
  expect([...sourceFiles().values()].flatMap(brokenArrows)).toEqual([]);
});

test("AGENTS.md lists at least the rooms from main to core", () => {
  expect(rooms.flat()[0]).toBe("src/main.ts");
  expect(rooms.flat().at(-1)).toBe("src/core/");
  expect(rooms.length).toBeGreaterThan(10);
});

test.each([
  ["a value import", `import { a } from "../runner/a.ts";`],
  ["a type import", `import type { A } from "../runner/a.ts";`],
  ["an import for its effect", `import "../runner/a.ts";`],
  ["a re-export", `export { a } from "../runner/a.ts";`],
  ["a re-export of all", `export * from "../runner/a.ts";`],
  ["a re-export of types", `export type { A } from "../runner/a.ts";`],
  ["a dynamic import", `const a = await import("../runner/a.ts");`],
  ["an import in a type", `type A = import("../runner/a.ts").A;`],
  ["require", `const a = require("../runner/a.ts");`],
])("%s that points up is found with its line", (_name, line) => {
  const file = readSource("src/store/b.ts", `import { c } from "../core/c.ts";\n${line}\n`);
  expect(brokenArrows(file)).toEqual(["src/store/b.ts:2: imports src/runner/a.ts, which is in a room above"]);
});

test("a file in no room, an import out of the rooms and one of a computed name are found", () => {
  const problems = (path: string, text: string) => brokenArrows(readSource(path, text));
  expect(problems("src/stray.ts", "")).toEqual(["src/stray.ts:1: is in no room that AGENTS.md lists"]);
  expect(problems("src/core/a.ts", `import "../../scripts/build.mjs";`)).toEqual([
    "src/core/a.ts:1: imports scripts/build.mjs, which is in no room",
  ]);
  expect(problems("src/core/a.ts", "await import(name);")).toEqual([
    "src/core/a.ts:1: imports what cannot be known before it runs",
  ]);
});
