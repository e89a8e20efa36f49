import { expect, test } from "bun:test";
import { type SourceFile, sourceFiles } from "./support/source.ts";

/** The modules that reach out of the program; `core/` decides and leaves that to others. */
const OUTSIDE = /^(node:(fs|fs\/promises|child_process|os|net|http|process|tty|crypto)|bun:.*)$/;

/**
 * What the `World` made in `main.ts` hands down, so that tests can hold it still. `performance.now` is not among them: it
 * measures how long the system takes, which nothing can hold still.
 */
const WORLD = /^(process\.(env|cwd|argv|argv0|execPath)|Bun\.(env|argv|main)|Date\.now|Math\.random)$/;

/** Where one of them is read for a reason. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "src/main.ts": [
    "process.env",
    "process.cwd",
    "process.argv",
    "process.argv0",
    "process.execPath",
    "Date.now",
    "Math.random",
  ],
  // `--chdir` moves the world: the new directory is asked for where it was entered.
  "src/cli/forge.ts": ["process.cwd"],
  // There is no /proc to read the own environment from.
  "src/process/macos.ts": ["process.env"],
  // The runtime looks there for a proxy, which must not be given the token.
  "src/supervisor/connection.ts": ["process.env"],
  // The spread of waiting processes decides nothing that a test could want to hold still.
  "src/store/transaction.ts": ["Math.random"],
  // Temporary names that have to differ, and no more.
  "src/runner/mail/run-mail.ts": ["Math.random"],
};

const inCore = (file: SourceFile) => file.path.startsWith("src/core/");
const files = [...sourceFiles().values()];

test("core imports nothing that touches files, processes, the network or a database", () => {
  const found = files
    .filter(inCore)
    .flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier = "", kind }) => kind !== "type" && OUTSIDE.test(specifier))
        .map(({ specifier, line }) => `${path}:${line}: imports ${specifier}`),
    );
  expect(found).toEqual([]);
});

test("only main.ts reads the clock, random numbers, the environment and the working directory", () => {
  const found = files.flatMap(({ path, accesses }) =>
    accesses
      .filter(({ name }) => WORLD.test(name) && !ALLOWED[path]?.includes(name))
      .map(({ name, line }) => `${path}:${line}: reads ${name}`),
  );
  expect(found).toEqual([]);
});
