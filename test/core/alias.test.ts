import { describe, expect, test } from "bun:test";
import { parseAlias, parseAliases } from "../../src/core/alias.ts";
import { harnessOfCommand, profileOfAlias } from "../../src/core/alias-profile.ts";

const ENV = { HOME: "/home/u", BASE: "/srv" };

describe("30 section 5.3: alias lines", () => {
  test.each([
    [`alias a=codex`, "a", "codex"],
    [`  alias   a='codex --quiet'  # note`, "a", "codex --quiet"],
    [`alias a="claude --x 'y z'"`, "a", "claude --x 'y z'"],
    [`alias a 'opencode --quiet'`, "a", "opencode --quiet"],
    [`alias a opencode --quiet # fish`, "a", "opencode --quiet"],
    [`alias a='it'\\''s'`, "a", "it's"],
    [`alias a="say \\"hi\\""`, "a", 'say "hi"'],
    [`alias a='codex # no comment'`, "a", "codex # no comment"],
    [`alias a='A=1 B="2 3" claude'`, "a", `A=1 B="2 3" claude`],
  ])("%s", (line, name, command) => {
    expect(parseAlias(line)).toEqual({ name, command });
  });

  test.each([
    [""],
    ["alias"],
    ["alias a"],
    ["alias a="],
    ["aliases a=b"],
    ["# alias a=b"],
    ["alias -g G=grep"],
    ["export a=b"],
  ])("%j defines no alias", (line) => {
    expect(parseAlias(line)).toBeUndefined();
  });

  test("the first definition of a name counts", () => {
    const aliases = parseAliases(["alias a=codex\r\nalias b=pi\n", "alias a=claude\n"]);
    expect([...aliases.values()]).toEqual([
      { name: "a", command: "codex" },
      { name: "b", command: "pi" },
    ]);
  });
});

test.each([
  ["claude --x", "claude"],
  ["/opt/bin/Claude-Code", "claude"],
  ["A=1 env B=2 sudo codex", "codex"],
  ["nocorrect noglob opencode", "opencode"],
  ["factory", "droid"],
  ["'amp' -x", "amp"],
  ["ls claude", undefined],
  ["", undefined],
])("the harness of the command %j is %s", (command, harness) => {
  expect(harnessOfCommand(command)).toBe(harness as ReturnType<typeof harnessOfCommand>);
});

describe("30 section 5.3: profiles of aliases", () => {
  const P = '"$FORGE_PROMPT_CONTENT"';
  const STREAM = "--verbose --output-format stream-json --include-partial-messages";

  test("the example of the specification", () => {
    const alias = parseAlias("alias oc1='OPENCODE_CONFIG_DIR=~/.oc-one opencode'  # note");
    if (!alias) throw new Error("no alias");
    expect(profileOfAlias(alias, ENV)).toEqual({
      name: "oc1",
      harness: "opencode",
      promptMode: "env",
      commandTemplate: `OPENCODE_CONFIG_DIR=~/.oc-one opencode run --model anthropic/claude-opus-4-5 ${P}`,
      authHome: "/home/u/.oc-one",
    });
  });

  test.each([
    ["codex", "stdin", "codex exec -"],
    ["claude", "env", `claude -p ${P} --dangerously-skip-permissions ${STREAM}`],
    [
      "claude --dangerously-skip-permissions --verbose",
      "env",
      `claude --dangerously-skip-permissions --verbose -p ${P} --output-format stream-json --include-partial-messages`,
    ],
    ["droid", "stdin", "droid exec --skip-permissions-unsafe"],
    ["pi", "env", `pi -p ${P}`],
    ["amp", "stdin", "amp -x"],
  ])("%s delivers the prompt by %s", (command, promptMode, commandTemplate) => {
    expect(profileOfAlias({ name: "x", command }, ENV)).toMatchObject({ promptMode, commandTemplate });
  });

  test("opencode takes its model from the environment", () => {
    const { commandTemplate } = profileOfAlias(
      { name: "x", command: "opencode" },
      { ...ENV, FORGE_OPENCODE_MODEL: "acme/m" },
    );
    expect(commandTemplate).toBe(`opencode run --model acme/m ${P}`);
  });

  test.each([
    ["my-codex", "~/bin/wrapper", "codex"],
    ["x", "~/bin/run-claude.sh", "claude"],
    ["x", "~/bin/wrapper", "pi"],
  ])("the wrapper %s = %s is taken for %s", (name, command, harness) => {
    expect(profileOfAlias({ name, command }, ENV).harness).toBe(harness as "pi");
  });

  test.each([
    ["x", "CODEX_HOME=~/a HOME=/b codex", "/home/u/a"],
    ["x", "HOME=$BASE/b env CODEX_HOME='/a b' codex", "/a b"],
    ["x", `HOME=\${BASE}/b pi`, "/srv/b"],
    ["codex2", "codex", "/home/u/.codex-2"],
    ["oc10", "opencode", "/home/u/.opencode-10"],
    ["cc3", "claude", "/home/u/.claude-3"],
    ["cc3", "CLAUDE_CONFIG_DIR=/c claude", "/c"],
    ["codex", "codex", undefined],
    ["xcc3", "claude", undefined],
    ["x", "codex CODEX_HOME=/late", undefined],
  ])("the login of %s = %s lies in %s", (name, command, authHome) => {
    expect(profileOfAlias({ name, command }, ENV).authHome).toBe(authHome);
  });
});
