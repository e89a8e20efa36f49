import { expect, test } from "bun:test";
import { adapterFor } from "../../src/harness/adapters/adapters.ts";
import { isSessionKept, resumedCommand } from "../../src/harness/resume.ts";

const PROMPT = '"$FORGE_PROMPT_CONTENT"';

test.each([
  ["claude", `claude -p ${PROMPT}`, `claude -p ${PROMPT} --resume=s-1`],
  ["claude", `IS_SANDBOX=1 /opt/claude -p ${PROMPT}`, `IS_SANDBOX=1 /opt/claude -p ${PROMPT} --resume=s-1`],
  ["codex", "codex exec --json - -m x", "codex exec --json resume s-1 - -m x"],
  ["opencode", `opencode run ${PROMPT}`, `opencode run ${PROMPT} --session=s-1`],
  ["pi", `node x/.bin/pi -p ${PROMPT}`, `node x/.bin/pi -p ${PROMPT} --session s-1`],
  ["droid", "droid exec -o stream-json", "droid exec -o stream-json -s s-1"],
  // What deals with sessions itself, is more than one command, or is no call of the CLI, is left alone.
  ["claude", `claude --resume=other -p ${PROMPT}`, undefined],
  ["claude", `claude -p ${PROMPT} | tee log`, undefined],
  ["claude", "my-wrapper --prompt claude", undefined],
  ["codex", `codex exec --json ${PROMPT}`, undefined],
  ["pi", `pi --no-session -p ${PROMPT}`, undefined],
  ["", "anything", undefined],
])("%s goes on with a session by its command: %s", (harness, command, resumed) => {
  expect(resumedCommand(adapterFor(harness), command, "s-1")).toBe(resumed as never);
});

test.each(["", "-x", "a b", "$(id)", "a;b", "x".repeat(200), undefined])(
  "a session is not taken up again whose id is %p: it came from an output",
  (id) => expect(resumedCommand(adapterFor("claude"), "claude -p x", id)).toBeUndefined(),
);

test.each([
  ["claude", true],
  ["codex", true],
  ["opencode", true],
  ["pi", false],
])("%s keeps a session whose model has not answered yet: %p", (harness, isKept) => {
  expect(isSessionKept(adapterFor(harness), false)).toBe(isKept);
  expect(isSessionKept(adapterFor(harness), true)).toBe(true);
});
