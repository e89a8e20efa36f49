import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Forge } from "../support/forge.ts";

function write(forge: Forge, name: string, text: string): void {
  const path = join(forge.repo, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const read = (forge: Forge, name: string) => readFileSync(join(forge.repo, name), "utf8");

function withPrompts(prompts: Record<string, string>): Forge {
  const forge = new Forge();
  for (const [name, text] of Object.entries(prompts)) write(forge, `.forge/prompts/${name}`, text);
  return forge;
}

describe("30 section 6: forge prompt", () => {
  test("ls lists file stems, sorted, whatever the case of .md", async () => {
    await using forge = withPrompts({ "b.md": "", "a.MD": "", "c.txt": "", ".md": "", "d.md/x.md": "" });
    expect(await forge.must(["prompt", "ls"])).toBe("a\nb\n");
    expect(JSON.parse(await forge.must(["prompt", "list", "--json"]))).toEqual(["a", "b"]);
    expect(await forge.must(["prompt", "ls", "--jsonl"])).toBe('"a"\n"b"\n');
  });

  test("without prompts there is a sentence, or an empty list", async () => {
    await using forge = new Forge();
    expect(await forge.must(["prompt", "ls"])).toBe("No prompts found\n");
    expect(await forge.must(["prompt", "ls", "--json"])).toBe("[]\n");
    expect(await forge.must(["prompt", "ls", "--jsonl"])).toBe("");
    expect(await forge.must(["prompt", "validate"])).toBe("No prompts found\n");
    expect(existsSync(join(forge.repo, ".forge"))).toBe(false);
  });

  test("add copies a file byte for byte, over what was there", async () => {
    await using forge = new Forge();
    const bytes = new Uint8Array([0xff, 0x00, 0x0d, 0x0a]);
    writeFileSync(join(forge.repo, "x"), bytes);
    expect(await forge.must(["prompt", "add", "review", "x"])).toBe('Prompt "review" added\n');
    expect(new Uint8Array(readFileSync(join(forge.repo, ".forge/prompts/review.md")))).toEqual(bytes);
    write(forge, "y", "new");
    expect(JSON.parse(await forge.must(["prompt", "add", "review.md", "y", "--json"]))).toEqual({
      path: join(forge.repo, ".forge/prompts/review.md"),
      prompt: "review",
    });
    expect(read(forge, ".forge/prompts/review.md")).toBe("new");
    expect(await forge.must(["prompt", "add", "review", "y", "--quiet"])).toBe("");
  });

  test("show prints name, path and content, with a newline at the end", async () => {
    await using forge = withPrompts({ "a.md": "one\ntwo", "b.md": "three\n" });
    expect(await forge.must(["prompt", "show", "a"])).toBe(
      "Prompt: a\nPath: .forge/prompts/a.md\n\none\ntwo\n",
    );
    expect(await forge.must(["prompt", "show", "b"])).toEndWith("\n\nthree\n");
    expect(JSON.parse(await forge.must(["prompt", "show", "a", "--json"]))).toEqual({
      content: "one\ntwo",
      name: "a",
      path: ".forge/prompts/a.md",
    });
  });

  test("edit runs the editor, which may hold arguments, on the file", async () => {
    await using forge = withPrompts({ "a b.md": "x" });
    const EDITOR = `sh -c 'printf %s "$1" > "$2"' x "quoted words"`;
    expect(await forge.must(["prompt", "edit", "a b"], { env: { EDITOR } })).toBe('Prompt "a b" updated\n');
    expect(read(forge, ".forge/prompts/a b.md")).toBe("quoted words");
    const visual = { EDITOR: undefined, VISUAL: "cp /dev/null" };
    await forge.must(["prompt", "edit", "a b"], { env: visual });
    expect(read(forge, ".forge/prompts/a b.md")).toBe("");
  });

  test("a failing editor is an error, and without editor and terminal edit fails at once", async () => {
    await using forge = withPrompts({ "a.md": "x" });
    expect(await forge.run(["prompt", "edit", "a"], { env: { EDITOR: "exit 3;" } })).toEqual({
      code: 2,
      stdout: "",
      stderr: "failed to edit prompt: editor ended with exit status 3\n",
    });
    expect(await forge.run(["prompt", "edit", "a"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "an editor is required: set EDITOR\n",
    });
  });

  test("set-default copies to default.md, and says when something else comes first", async () => {
    await using forge = withPrompts({ "a.md": "mine" });
    expect(await forge.run(["prompt", "set-default", "a"])).toEqual({
      code: 0,
      stdout: 'Default prompt set to "a"\n',
      stderr: "",
    });
    expect(read(forge, ".forge/prompts/default.md")).toBe("mine");
    write(forge, "PROMPT.md", "x");
    const { stderr } = await forge.run(["prompt", "set-default", "a"]);
    expect(stderr).toBe("note: PROMPT.md comes first; loops that name no prompt go on with it\n");
    write(forge, ".forge/forge.yaml", "default_prompt: docs/task.md\n");
    const answer = await forge.run(["prompt", "set-default", "a"]);
    expect(answer.stderr).toContain("default_prompt of .forge/forge.yaml (docs/task.md)");
    const json = await forge.run(["prompt", "set-default", "a", "--json"]);
    expect([JSON.parse(json.stdout), json.stderr]).toEqual([{ default_prompt: "a" }, ""]);
  });

  test("validate tells every prompt, and fails behind the list", async () => {
    await using forge = withPrompts({ "a.md": "fine", "b.md": " \n\t" });
    expect(await forge.run(["prompt", "validate"])).toEqual({
      code: 1,
      stdout: "valid: a\ninvalid: b\n- content is empty\n",
      stderr: "prompt validation failed\n",
    });
    expect(await forge.run(["prompt", "validate", "a"])).toEqual({
      code: 0,
      stdout: "valid: a\n",
      stderr: "",
    });
    expect((await forge.run(["prompt", "validate", "none"])).stdout).toBe(
      "invalid: none\n- prompt not found: none\n",
    );
  });

  test("validate in JSON is one document, exit 1 when any is invalid", async () => {
    await using forge = withPrompts({ "b.md": "" });
    const { code, stdout } = await forge.run(["prompt", "validate", "--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      {
        checked: 1,
        results: [{ errors: ["content is empty"], name: "b", path: ".forge/prompts/b.md", valid: false }],
        valid: false,
      },
    ]);
  });

  test("rm removes the file; a person is asked first", async () => {
    await using forge = withPrompts({ "a.md": "x", "b.md": "x" });
    expect(await forge.must(["prompt", "rm", "a"])).toBe('Prompt "a" removed\n');
    expect(JSON.parse(await forge.must(["prompt", "remove", "b", "--json"]))).toEqual({
      deleted: true,
      prompt: "b",
    });
    write(forge, ".forge/prompts/c.md", "x");
    await using terminal = forge.terminal(["prompt", "rm", "c"]);
    await terminal.shows("This will remove .forge/prompts/c.md.");
    terminal.type("n\n");
    expect(await terminal.ends()).toBe(0);
    expect(terminal.output).toContain("Cancelled.");
    expect(existsSync(join(forge.repo, ".forge/prompts/c.md"))).toBe(true);
  });
});

describe("30 edge cases: forge prompt", () => {
  test("prompt add of a missing file: exit 1, no file created", async () => {
    await using forge = new Forge();
    const { code, stderr } = await forge.run(["prompt", "add", "a", "none.md"]);
    expect([code, stderr]).toEqual([1, `prompt file not found: ${join(forge.repo, "none.md")}\n`]);
    expect(existsSync(join(forge.repo, ".forge"))).toBe(false);
    expect((await forge.run(["prompt", "add", "a", "."])).code).toBe(1);
  });

  test.each([["../x"], ["a/b"], ["a\\b"], [".."], [""], [" "], [".md"]])(
    "the name %j is refused by every verb",
    async (name) => {
      await using forge = new Forge();
      write(forge, "x", "x");
      const message = `invalid prompt name ${JSON.stringify(name)}\n`;
      for (const words of [
        ["add", name, "x"],
        ...["show", "edit", "rm", "set-default", "validate"].map((verb) => [verb, name]),
      ]) {
        expect(await forge.run(["prompt", ...words])).toEqual({ code: 1, stdout: "", stderr: message });
      }
      expect(existsSync(join(forge.repo, ".forge"))).toBe(false);
    },
  );

  test("an unknown prompt", async () => {
    await using forge = withPrompts({ "a.md": "x" });
    for (const verb of ["show", "edit", "set-default", "rm"]) {
      expect(await forge.run(["prompt", verb, "none"])).toEqual({
        code: 1,
        stdout: "",
        stderr: "prompt not found: none\n",
      });
    }
  });
});
