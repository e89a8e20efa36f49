import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseSync, Visitor, type VisitorObject } from "oxc-parser";
import { projectRoot } from "./forge.ts";

export interface Import {
  /** As written; undefined when it is computed and cannot be known. */
  readonly specifier: string | undefined;
  /** `type` is gone after compilation, `static` loads with the file, `dynamic` when the expression runs. */
  readonly kind: "type" | "static" | "dynamic";
  readonly line: number;
}

/** The use of a property of a global object, such as `process.stdout`, dotted. */
export interface Access {
  readonly name: string;
  readonly line: number;
}

export interface SourceFile {
  /** From the root of the project, with forward slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly accesses: readonly Access[];
}

/** All files of `src/`, by path. Throws when one cannot be parsed. */
export function sourceFiles(): Map<string, SourceFile> {
  const paths = [...new Bun.Glob("src/**/*.{ts,tsx}").scanSync({ cwd: projectRoot })].sort();
  return new Map(
    paths.map((path) => [path, readSource(path, readFileSync(join(projectRoot, path), "utf8"))]),
  );
}

/** What a file imports and which globals it uses, by a real parser. */
export function readSource(path: string, text: string): SourceFile {
  const { program, errors } = parseSync(path, text);
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`);
  const imports: Import[] = [];
  const accesses: Access[] = [];
  const lineAt = (offset: number) => text.slice(0, offset).split("\n").length;
  const add = (source: { value?: unknown }, kind: Import["kind"], start: number) =>
    imports.push({
      specifier: typeof source.value === "string" ? source.value : undefined,
      kind,
      line: lineAt(start),
    });

  const visitor: VisitorObject = {
    ImportDeclaration: (node) => add(node.source, node.importKind === "type" ? "type" : "static", node.start),
    ExportAllDeclaration: (node) =>
      add(node.source, node.exportKind === "type" ? "type" : "static", node.start),
    ExportNamedDeclaration: (node) => {
      if (node.source) add(node.source, node.exportKind === "type" ? "type" : "static", node.start);
    },
    ImportExpression: (node) => add(literal(node.source), "dynamic", node.start),
    TSImportType: (node) => add(node.source, "type", node.start),
    CallExpression: (node) => {
      const {
        callee,
        arguments: [first],
      } = node;
      if (callee.type === "Identifier" && callee.name === "require" && first)
        add(literal(first), "static", node.start);
    },
    MemberExpression: (node) => {
      if (node.object.type !== "Identifier") return;
      const property = node.computed
        ? literal(node.property).value
        : "name" in node.property && node.property.name;
      if (typeof property === "string")
        accesses.push({ name: `${node.object.name}.${property}`, line: lineAt(node.start) });
    },
  };
  new Visitor(visitor).visit(program);
  return { path, imports, accesses };
}

const literal = (node: { type: string; value?: unknown }): { value?: unknown } =>
  node.type === "Literal" ? node : {};

/** The file of `src/` that an import names; undefined for packages and modules of the runtime. */
export function importedFile(importer: string, { specifier }: Import): string | undefined {
  return specifier?.startsWith(".") ? posix.join(posix.dirname(importer), specifier) : undefined;
}

/** What is loaded with a module: by name, the way from the entry to it, as `main.ts > a.ts > yaml`. */
export type Loaded = ReadonlyMap<string, string>;

/** Everything that loads together with the entries: static imports are followed, types and dynamic imports are not. */
export function loadedWith(entries: readonly string[], files: ReadonlyMap<string, SourceFile>): Loaded {
  const loaded = new Map<string, string>();
  const load = (name: string, way: string) => {
    if (loaded.has(name)) return;
    loaded.set(name, way);
    for (const imported of files.get(name)?.imports ?? []) {
      if (imported.kind !== "static") continue;
      const next = importedFile(name, imported) ?? imported.specifier;
      if (next !== undefined) load(next, `${way} > ${next}`);
    }
  };
  for (const entry of entries) load(entry, entry);
  return loaded;
}
