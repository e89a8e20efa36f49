import { describe, expect, test } from "bun:test";
import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { World } from "../../../src/core/world.ts";
import { identity } from "../../../src/mail/project/identity.ts";
import { ensureProject, renameProject } from "../../../src/mail/project/project-file.ts";
import { errorOf } from "../../support/error-of.ts";
import { TemporaryStore } from "../temporary-store.ts";

const AT = Date.UTC(2026, 0, 10, 15, 30, 0, 653);

const worldWith = (env: World["env"]): World => ({
  env,
  cwd: "/",
  now: () => AT,
  random: Math.random,
  executable: "",
  isTerminal: () => false,
});

function ensure(mail: TemporaryStore, { root = mail.root, env = {} as World["env"] } = {}): string {
  mail.now = () => AT;
  ensureProject(mail.store, root, worldWith(env));
  return JSON.parse(mail.text("project.json")).id;
}

describe("the project file (50 sections 2.2 and 5.3)", () => {
  test("is made once, with exactly these bytes", () => {
    using mail = new TemporaryStore();
    ensure(mail, { env: { FMAIL_PROJECT: " my project " } });
    const text = '{\n  "id": "my project",\n  "created": "2026-01-10T15:30:00.653Z"\n}';
    expect(mail.text("project.json")).toBe(text);
    expect(statSync(join(mail.folder, "project.json")).mode & 0o777).toBe(0o644);
    ensure(mail, { env: { FMAIL_PROJECT: "other" } });
    expect(mail.text("project.json")).toBe(text);
  });

  test("has an id from the address of the remote", () => {
    using mail = new TemporaryStore();
    const git = (...words: string[]) => Bun.spawnSync(["git", ...words], { cwd: mail.root });
    git("init", "-q");
    git("remote", "add", "origin", "https://example.com/a/b.git");
    expect(ensure(mail)).toBe("proj-c98c0d6b2b5c");
  });

  test("has an id from the name of the directory where there is no remote", () => {
    using mail = new TemporaryStore();
    const root = join(mail.root, "plain");
    mkdirSync(root);
    expect(ensure(mail, { root })).toBe("proj-a116c9ed46d6");
  });

  test("cannot be derived for the root of the file system", () => {
    using mail = new TemporaryStore();
    expect(errorOf(() => ensure(mail, { root: "/" })).message).toBe("invalid project root: /");
  });

  test("is not made in a .fmail that is a file or a link to elsewhere", () => {
    using mail = new TemporaryStore();
    writeFileSync(mail.folder, "");
    expect(errorOf(() => ensure(mail)).message).toBe(`ensure project: mkdir ${mail.folder}: not a directory`);
    using linked = new TemporaryStore();
    mkdirSync(join(linked.root, "outside"));
    symlinkSync("outside", linked.folder);
    expect(errorOf(() => ensure(linked)).message).toEndWith(": is a symbolic link");
  });

  test("keeps its time of creation when the project gets another id, even from a file that holds nonsense", () => {
    using mail = new TemporaryStore();
    mail.put("project.json", '{"id":"proj-1","created":"2025-05-05T05:05:05Z"}');
    renameProject(mail.store, "proj-2");
    expect(mail.text("project.json")).toBe('{\n  "id": "proj-2",\n  "created": "2025-05-05T05:05:05Z"\n}');
    mail.put("project.json", "nonsense");
    mail.now = () => AT;
    renameProject(mail.store, "proj-3");
    expect(JSON.parse(mail.text("project.json"))).toEqual({
      id: "proj-3",
      created: "2026-01-10T15:30:00.653Z",
    });
    expect(basename(mail.folder)).toBe(".fmail");
  });
});

describe("the identity (50 section 2.3)", () => {
  test.each([
    [" Coder-1 ", "coder-1"],
    ["", `anon-${process.pid}`],
    ["  ", `anon-${process.pid}`],
    [undefined, `anon-${process.pid}`],
  ])("of FMAIL_AGENT=%j is %s", (FMAIL_AGENT, name) => {
    expect(identity({ env: { FMAIL_AGENT } })).toBe(name);
  });

  test.each(["bad name", "@bob", "../x", "a_b"])("%j is refused", (FMAIL_AGENT) => {
    expect(errorOf(() => identity({ env: { FMAIL_AGENT } })).message).toBe(
      "resolve agent name: invalid agent name",
    );
  });
});
