import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Forge } from "../support/forge.ts";
import { addWorkspace, agentQueue } from "../support/places.ts";

const GREET = `name: greet
description: Greets
message: |
  Hello {{.who | default "world"}}, today {{.day}}.
variables:
  - name: who
    description: person
  - name: day
    required: true
  - name: mood
    description: how
    default: ok
tags: [hi, Fun]
`;

/** A sandbox whose repository is a git work tree, with template files in it or in the user's folder. */
function withTemplates(files: Record<string, string> = { "greet.yaml": GREET }, user = {}): Forge {
  const forge = new Forge();
  mkdirSync(join(forge.repo, ".git"));
  write(join(forge.repo, ".forge/templates"), files);
  write(userFolder(forge), user);
  return forge;
}

const userFolder = (forge: Forge) => join(forge.configDir, "templates");

function write(folder: string, files: Record<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

describe("30 section 7: forge template ls and show", () => {
  test("without any file the built-in ones are listed, and nothing is made", async () => {
    await using forge = new Forge();
    const builtins = [
      "NAME      DESCRIPTION             SOURCE   TAGS",
      "commit    Commit changes          builtin  git",
      "continue  Resume current task     builtin  resume",
      "explain   Explain current status  builtin  status",
      "review    Request a review        builtin  review",
      "test      Run tests               builtin  test",
      "",
    ];
    expect(await forge.must(["template", "ls"])).toBe(builtins.join("\n"));
    expect(await forge.must(["tmpl", "list"])).toBe(builtins.join("\n"));
    expect(await forge.must(["template", "ls", "--tags", "none"])).toBe("No templates found\n");
    expect(await forge.must(["template", "ls", "--tags", "none", "--json"])).toBe("[]\n");
    expect(existsSync(forge.dataDir)).toBe(false);
    expect(existsSync(forge.configDir)).toBe(false);
  });

  test("the project's come first, then the user's, each folder by name; the first of a name counts", async () => {
    const own = (name: string, tags = "[]") => `name: ${name}\nmessage: m\ntags: ${tags}\n`;
    await using forge = withTemplates(
      { "2.yaml": own("beta"), "1.yml": own("Gamma", "[x, FUN]"), "notes.txt": "no template" },
      { "a.yaml": own("BETA"), "b.yaml": own("alpha", "[fun]"), "c.yaml": own("Commit") },
    );
    const list = JSON.parse(await forge.must(["template", "ls", "--json"]));
    const names = list.map(({ name, source }: { name: string; source: string }) => [name, source]);
    expect(names.slice(0, 4)).toEqual([
      ["Gamma", join(forge.repo, ".forge/templates/1.yml")],
      ["beta", join(forge.repo, ".forge/templates/2.yaml")],
      ["Commit", join(userFolder(forge), "c.yaml")],
      ["alpha", join(userFolder(forge), "b.yaml")],
    ]);
    expect(names.slice(4).map(([name]: [string]) => name)).toEqual(["continue", "explain", "review", "test"]);
    expect(await forge.must(["template", "ls", "--tags", "fun,none"])).toBe(
      "NAME   DESCRIPTION  SOURCE   TAGS\nGamma               project  x,FUN\nalpha               user     fun\n",
    );
  });

  test("the project is the workspace that the directory lies in, else the git work tree", async () => {
    await using forge = withTemplates();
    const deep = join(forge.repo, "src/deep");
    mkdirSync(deep, { recursive: true });
    expect((await forge.run(["template", "show", "greet"], { cwd: deep })).code).toBe(0);
    expect((await forge.run(["template", "show", "greet"], { cwd: forge.home })).code).toBe(1);
    const workspace = join(forge.folder, "workspace");
    write(join(workspace, ".forge/templates"), { "w.yaml": "name: w\nmessage: m\n" });
    addWorkspace(forge, { id: "w-1", name: "w", repoPath: workspace });
    expect((await forge.run(["template", "show", "w"], { cwd: workspace })).code).toBe(0);
    expect((await forge.run(["template", "show", "w"], { cwd: forge.home })).code).toBe(1);
    await forge.must(["use", "--workspace", "w"]);
    expect((await forge.run(["template", "show", "w"], { cwd: forge.home })).code).toBe(0);
  });

  test("a template is shown as the specification has it", async () => {
    await using forge = withTemplates();
    const source = join(forge.repo, ".forge/templates/greet.yaml");
    expect(await forge.must(["template", "show", "GREET"])).toBe(`Template: greet
Source: ${source}
Description: Greets
Tags: hi,Fun

Message:
  Hello {{.who | default "world"}}, today {{.day}}.

Variables:
- who: person
- day (required)
- mood: how [default: ok]
`);
    expect(JSON.parse(await forge.must(["template", "show", "greet", "--json"]))).toEqual({
      name: "greet",
      description: "Greets",
      message: 'Hello {{.who | default "world"}}, today {{.day}}.\n',
      variables: [
        { name: "who", description: "person", required: false },
        { name: "day", required: true },
        { name: "mood", description: "how", default: "ok", required: false },
      ],
      tags: ["hi", "Fun"],
      source,
    });
    const builtin = await forge.must(["template", "show", "test"]);
    expect(builtin).toStartWith(
      "Template: test\nSource: builtin\nDescription: Run tests\nTags: test\n\nMessage:\n  ",
    );
    expect(builtin).toEndWith("\n\nVariables: (none)\n");
  });

  const broken: [row: string, text: string, reason: string, code?: number][] = [
    ["no YAML", "name: [", "line 1, column 8: ", 1],
    ["no map", "- a", "the file must be a map of keys"],
    ["an empty file", "", "the file must be a map of keys"],
    ["no name", "message: m", "template name is required"],
    ["a blank name", "name: ' '\nmessage: m", "template name is required"],
    ["no message", "name: a", "template message is required"],
    ["a blank message", "name: a\nmessage: ' '", "template message is required"],
    ["a variable without name", "name: a\nmessage: m\nvariables: [{}]", "template variable name is required"],
    [
      "a variable that stands twice",
      "name: a\nmessage: m\nvariables: [{name: v}, {name: v}]",
      'duplicate template variable "v"',
    ],
    ["variables that are no list", "name: a\nmessage: m\nvariables: x", "variables must be a list"],
  ];
  test.each(broken)("edge case, broken YAML in a project template: %s", async (_row, text, reason) => {
    await using forge = withTemplates({ "good.yaml": GREET, "bad.yaml": text });
    for (const words of [["ls"], ["show", "greet"], ["show", "commit"]]) {
      const { code, stdout, stderr } = await forge.run(["template", ...words]);
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toStartWith(
        `parse template ${join(forge.repo, ".forge/templates/bad.yaml")}: ${reason}`,
      );
    }
  });

  test("an unknown template, and an unknown subcommand", async () => {
    await using forge = new Forge();
    expect(await forge.run(["template", "show", "zz"])).toMatchObject({
      code: 1,
      stderr: 'template "zz" not found\n',
    });
    expect((await forge.run(["template", "zz"])).stderr).toBe("unknown template subcommand 'zz'\n");
  });
});

test("30 section 16: names of templates and sequences are completed, also beside a file that is not right", async () => {
  await using forge = withTemplates({ "greet.yaml": GREET, "bad.yaml": "name: [" });
  expect(await forge.must(["__complete", "template", "show", ""])).toMatch(
    /^greet\tGreets\ncommit\tCommit changes\n/,
  );
  expect(await forge.must(["__complete", "tmpl", "run", "gr"])).toBe("greet\tGreets\n:4\n");
  expect(await forge.must(["__complete", "seq", "show", "bug"])).toMatch(/^bugfix\t.*\n:4\n$/);
});

/** An editor that writes a text over the file. */
const editorWriting = (text: string) => ({ EDITOR: `printf '%b' ${JSON.stringify(text)} >` });

describe("30 section 7: forge template add, edit and delete", () => {
  test("a template of one's own is written in the editor, changed and deleted", async () => {
    await using forge = new Forge();
    const path = join(userFolder(forge), "mine.yaml");
    const env = { EDITOR: 'sed -i "s/^description: .*/description: Mine/"' };
    expect(await forge.must(["template", "add", "mine"], { env })).toBe(`Template created: ${path}\n`);
    expect(readFileSync(path, "utf8")).toMatch(/^name: "mine"\ndescription: Mine\nmessage: \|\n {2}\S/);
    expect(JSON.parse(await forge.must(["template", "add", "b", "--json"], { env })).path).toEndWith(
      "/b.yaml",
    );
    const edited = await forge.must(["template", "edit", "MINE"], {
      env: editorWriting("name: mine\nmessage: changed"),
    });
    expect(edited).toBe(`Template updated: ${path}\n`);
    expect(await forge.must(["template", "show", "mine"])).toContain("  changed\n");
    expect(await forge.must(["template", "delete", "mine"])).toBe('Deleted template "mine"\n');
    expect(JSON.parse(await forge.must(["template", "delete", "b", "--json"]))).toEqual({ deleted: "b" });
    expect(readdirSync(userFolder(forge))).toEqual([]);
  });

  test("without an editor no skeleton is left behind, nor when the editor fails", async () => {
    await using forge = new Forge();
    expect(await forge.run(["template", "add", "mine"])).toEqual({
      code: 1,
      stdout: "",
      stderr: "EDITOR is not set (set $EDITOR or use --file/--stdin)\n",
    });
    expect(existsSync(forge.configDir)).toBe(false);
    const failed = await forge.run(["template", "add", "mine"], { env: { VISUAL: "false" } });
    expect(failed).toMatchObject({
      code: 2,
      stderr: "failed to edit template: editor ended with exit status 1\n",
    });
    expect(readdirSync(userFolder(forge))).toEqual([]);
  });

  test("what is wrong after an edit is told, and can be mended", async () => {
    await using forge = new Forge();
    const env = editorWriting("name: [");
    const { code, stderr } = await forge.run(["template", "add", "mine"], { env });
    expect([code, stderr.startsWith(`parse template ${join(userFolder(forge), "mine.yaml")}: `)]).toEqual([
      1,
      true,
    ]);
    await forge.must(["template", "edit", "mine"], { env: editorWriting("name: mine\nmessage: m") });
    expect((await forge.run(["template", "show", "mine"])).code).toBe(0);
  });

  test("what is refused", async () => {
    await using forge = withTemplates(undefined, { "own.yml": "name: Mine\nmessage: m\n" });
    const path = join(userFolder(forge), "own.yml");
    const refused: [words: string[], message: string][] = [
      [["add", "mine"], `template "mine" already exists at ${path}`],
      [["add", "own"], `template "own" already exists at ${path}`],
      [["add", "a/b"], 'invalid template name "a/b"'],
      [["add", ".."], 'invalid template name ".."'],
      [["delete", "../greet"], 'invalid template name "../greet"'],
      [["edit", "greet"], 'template "greet" not found in user templates'],
      [["delete", "commit"], 'template "commit" not found in user templates'],
      [["add"], "accepts 1 arg(s), received 0"],
    ];
    for (const [words, message] of refused) {
      const { code, stderr } = await forge.run(["template", ...words], { env: { EDITOR: "true" } });
      expect([words, code, stderr]).toEqual([words, 1, `${message}\n`]);
    }
  });
});

describe("30 section 7: forge template run", () => {
  const workspace = { id: "11111111-w", name: "w", agents: ["1a2b3c4d-5e6f"] };

  test("the message is rendered and put behind what waits for the agent", async () => {
    await using forge = withTemplates();
    addWorkspace(forge, workspace);
    const run = ["template", "run", "greet"];
    expect(await forge.must([...run, "--var", "day=Monday,who=Ann"])).toMatch(
      /^Queued template "greet" for agent 1a2b3c4d \(item [0-9a-f]{8}\)\n$/,
    );
    const json = JSON.parse(await forge.must([...run, "--var", "day=a=b", "-a", "1a2b", "--json"]));
    expect(json).toEqual({ template: "greet", agent_id: "1a2b3c4d-5e6f", item_id: expect.any(String) });
    expect(agentQueue(forge, "1a2b3c4d-5e6f")).toEqual([
      { type: "message", position: 1, status: "pending", payload: { text: "Hello Ann, today Monday.\n" } },
      { type: "message", position: 2, status: "pending", payload: { text: "Hello world, today a=b.\n" } },
    ]);
  });

  test("checks come in their order: template, variables, text, agent", async () => {
    await using forge = withTemplates({ "greet.yaml": GREET, "odd.yaml": "name: odd\nmessage: '{{if}}'\n" });
    const refused: [words: string[], message: string][] = [
      [["zz", "--var", "x"], 'template "zz" not found'],
      [["greet", "--var", "x"], 'invalid variable "x" (expected key=value)'],
      [["greet", "--var", " =x"], 'invalid variable " =x" (empty key)'],
      [["greet", "--var", "day= "], 'missing required variable "day"'],
      [["odd"], 'parse template "odd": missing value for command'],
      [
        ["greet", "--var", "day=x"],
        "agent required: provide agent ID as argument, set context with 'forge use --agent <agent>', or run from a workspace directory",
      ],
      [["greet", "--var", "day=x", "-a", "zz"], "agent not found: zz"],
    ];
    for (const [words, message] of refused) {
      const { code, stderr } = await forge.run(["template", "run", ...words]);
      expect([words, code, stderr]).toEqual([words, 1, `${message}\n`]);
    }
    expect(existsSync(forge.dataDir)).toBe(false);
  });

  test("edge case: without an agent that is meant nothing is queued", async () => {
    await using forge = withTemplates();
    addWorkspace(forge, { id: "w-1", name: "w" });
    const run = () => forge.run(["template", "run", "commit"]);
    expect((await run()).stderr).toBe(
      "no agents in workspace; spawn one with 'forge up' or 'forge agent spawn'\n",
    );
    const agents = ["abcdefgh-1", "abcdefgh-2", "bbbbbbbb-1"];
    addWorkspace(forge, { id: "w-2", name: "v", repoPath: join(forge.repo, "v"), agents });
    mkdirSync(join(forge.repo, "v"));
    const { code, stderr } = await forge.run(["template", "run", "commit"], { cwd: join(forge.repo, "v") });
    expect([code, stderr]).toEqual([
      1,
      "workspace has 3 agents; specify one: abcdefgh-1, abcdefgh-2, bbbbbbbb\n",
    ]);
    expect((await forge.run(["template", "run", "commit", "-a", "abc"])).stderr).toBe(
      "agent 'abc' is ambiguous; matches: abcdefgh-1, abcdefgh-2\n",
    );
    await forge.must(["use", "--agent", "bbb"]);
    expect(await forge.must(["template", "run", "commit"])).toContain("for agent bbbbbbbb ");
    expect(agents.map((id) => agentQueue(forge, id).length)).toEqual([0, 0, 1]);
  });
});
