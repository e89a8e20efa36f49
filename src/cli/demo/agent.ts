import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * The scripted agent of `forge demo`: works through the open items of TODO.md, one per run, and commits each. It stands
 * where claude, codex or pi would stand, and is started by Forge the same way.
 */
export interface DemoAgent {
  repo: string;
  prompt: string;
  say: (line: string) => void;
  /** Runs git in the repository and returns what it printed; undefined where git is missing or refuses. */
  git: (...args: string[]) => string | undefined;
}

/** The first content of TODO.md. */
export const DEMO_TODO = `# To do

- [ ] hello.sh: print a greeting
- [ ] hello.test.sh: check the greeting
- [ ] README.md: say how to run it
- [ ] CHANGELOG.md: note the first version
`;

export const DEMO_PROMPT = `# Prompt

Take the first open item of TODO.md, do it, tick it off, and commit.
`;

const FILES: Record<string, string> = {
  "hello.sh": '#!/bin/sh\necho "hello from a loop"\n',
  "hello.test.sh": '#!/bin/sh\ntest "$(sh hello.sh)" = "hello from a loop" && echo ok\n',
  "README.md": "# Hello\n\nRun `sh hello.sh`, test with `sh hello.test.sh`.\n",
  "CHANGELOG.md": "# Changelog\n\n- 0.1.0: the first greeting\n",
};

export function runDemoAgent(agent: DemoAgent): void {
  const wish = wishedFile(agent.prompt);
  if (wish) writeWish(agent, wish);
  else workOnTodo(agent);
}

/** The file that an operator message asks for; only its base name counts, so that it stays in the repository. */
function wishedFile(prompt: string): string | undefined {
  const message = prompt.slice(Math.max(0, prompt.indexOf("## Operator Message")));
  const [, name] = /write the file ([\w./-]+)/i.exec(message) ?? [];
  const base = name === undefined ? "" : basename(name);
  return /^\w/.test(base) ? base : undefined;
}

function writeWish(agent: DemoAgent, name: string): void {
  agent.say(`the operator asks for ${name}`);
  writeFileSync(
    join(agent.repo, name),
    "# Notes\n\nWritten because the operator said so, between two runs.\n",
  );
  commit(agent, name, `Write ${name}, as the operator asked`);
}

function workOnTodo(agent: DemoAgent): void {
  const path = join(agent.repo, "TODO.md");
  const todo = existsSync(path) ? readFileSync(path, "utf8") : "";
  const open = todo.split("\n").filter((line) => line.startsWith("- [ ] "));
  const [item] = open;
  if (item === undefined) {
    agent.say("nothing left to do");
    return;
  }
  const [name = "", task = ""] = item.slice("- [ ] ".length).split(": ");
  agent.say(`${open.length} open item(s); taking ${name}: ${task}`);
  writeFileSync(join(agent.repo, name), FILES[name] ?? "");
  writeFileSync(path, todo.replace(item, item.replace("[ ]", "[x]")));
  commit(agent, name, `${name}: ${task}`);
}

function commit(agent: DemoAgent, file: string, subject: string): void {
  agent.say(`wrote ${file}`);
  agent.git("add", "-A");
  agent.git("commit", "-q", "-m", subject);
  const hash = agent.git("log", "-1", "--format=%h");
  agent.say(hash ? `committed ${hash.trim()} ${subject}` : "no commit: git is not usable here");
}
