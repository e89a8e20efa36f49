import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Forge, projectRoot } from "./support/forge.ts";

/**
 * The examples of the user documentation are run as they stand: every block marked `sh test`, in order, each page in one
 * sandbox. A block marked `text test` after it is what its output must contain, line by line in order; `...` in a line
 * stands for anything.
 */
interface Example {
  script: string;
  expected: string[];
}

function examplesOf(page: string): Example[] {
  const examples: Example[] = [];
  for (const [, language, body = ""] of page.matchAll(/^```(sh|text) test\n([\s\S]*?)^```$/gm)) {
    if (language === "sh") examples.push({ script: body, expected: [] });
    else examples.at(-1)?.expected.push(...body.trimEnd().split("\n"));
  }
  return examples;
}

const docs = join(projectRoot, "docs");
const pages = readdirSync(docs)
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ name, examples: examplesOf(readFileSync(join(docs, name), "utf8")) }))
  .filter(({ examples }) => examples.length > 0);

describe("examples in docs/", () => {
  for (const { name, examples } of pages) {
    test(`${name} can be followed from top to bottom`, async () => {
      await using forge = new Forge();
      for (const { script, expected } of examples) {
        const { code, stdout, stderr } = await forge.program(["bash", "-euo", "pipefail", "-c", script]);
        if (code !== 0) throw new Error(`exit ${code} of:\n${script}${stdout}${stderr}`);
        expectLines(stdout + stderr, expected);
      }
    });
  }
});

function expectLines(output: string, expected: readonly string[]): void {
  const lines = output.split("\n");
  let from = 0;
  for (const line of expected) {
    const pattern = new RegExp(`^${line.split("...").map(RegExp.escape).join(".*")}$`);
    const found = lines.findIndex((candidate, at) => at >= from && pattern.test(candidate.trimEnd()));
    if (found < 0) expect(output).toContain(line);
    from = found + 1;
  }
}
