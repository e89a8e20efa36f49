import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot, storeFolder } from "../../../src/mail/project/root.ts";
import { errorOf } from "../../support/error-of.ts";

/** A folder with the given folders in it; a name that ends in no slash is an empty file. */
function tree(...entries: string[]) {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "fmail-root-")));
  for (const entry of entries) {
    if (entry.endsWith("/")) mkdirSync(join(top, entry), { recursive: true });
    else writeFileSync(join(top, entry), "");
  }
  const at = (path: string) => join(top, path);
  const rootFrom = (path: string, FMAIL_ROOT?: string) => projectRoot({ cwd: at(path), env: { FMAIL_ROOT } });
  return { at, rootFrom, [Symbol.dispose]: () => rmSync(top, { recursive: true }) };
}

describe("the root of a project (50 section 2.1)", () => {
  test("1: is what FMAIL_ROOT names, relative to the current directory", () => {
    using files = tree("a/.fmail/", "b/c/");
    expect(files.rootFrom("a", files.at("b"))).toBe(files.at("b"));
    expect(files.rootFrom("a", " ../b/c ")).toBe(files.at("b/c"));
    expect(files.rootFrom("a", "  ")).toBe(files.at("a"));
  });

  test("1: that is no directory or is missing is an error", () => {
    using files = tree("file");
    const refusal = (path: string) => errorOf(() => files.rootFrom("", path)).message;
    expect(refusal("file")).toBe(`resolve project root: FMAIL_ROOT is not a directory: ${files.at("file")}`);
    expect(refusal("/nonexist")).toBe("resolve project root: stat /nonexist: no such file or directory");
  });

  test("2: is the nearest ancestor with a directory .fmail, also above a nearer .git", () => {
    using files = tree(".fmail/", "a/.git/", "a/b/c/");
    expect(files.rootFrom("a/b/c")).toBe(files.at(""));
    mkdirSync(files.at("a/b/.fmail"));
    expect(files.rootFrom("a/b/c")).toBe(files.at("a/b"));
  });

  test("14: a .fmail that is a file does not count", () => {
    using files = tree(".fmail/", "a/b/", "a/.fmail");
    expect(files.rootFrom("a/b")).toBe(files.at(""));
  });

  test("3: is the nearest ancestor with .git", () => {
    using files = tree(".git/", "a/.git/", "a/b/");
    expect(files.rootFrom("a/b")).toBe(files.at("a"));
  });

  test.each([
    ["absolute", (main: string) => `gitdir: ${main}/.git/worktrees/x\n`],
    ["relative", () => "gitdir: ../main/.git/worktrees/x"],
  ])("3: of a worktree is the main checkout, with an %s path", (_name, gitFile) => {
    using files = tree("main/.git/worktrees/x/", "tree/deep/");
    writeFileSync(files.at("tree/.git"), gitFile(files.at("main")));
    expect(files.rootFrom("tree/deep")).toBe(files.at("main"));
  });

  test.each([
    ["a submodule", "gitdir: ../main/.git/modules/x"],
    ["a worktree of a repository that is gone", "gitdir: ../gone/.git/worktrees/x"],
    ["a file that says something else", "hello"],
    ["an empty file", ""],
  ])("3: of %s is its own folder", (_name, gitFile) => {
    using files = tree("main/.git/modules/x/", "tree/deep/");
    writeFileSync(files.at("tree/.git"), gitFile);
    expect(files.rootFrom("tree/deep")).toBe(files.at("tree"));
  });

  test("3: of worktrees that git itself made is the main checkout", () => {
    using files = tree("main/");
    const git = (...words: string[]) =>
      Bun.spawnSync(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", ...words], {
        cwd: files.at("main"),
      });
    git("init", "-q");
    git("commit", "-q", "--allow-empty", "-m", "first");
    git("worktree", "add", "-q", "../tree");
    expect(files.rootFrom("tree")).toBe(files.at("main"));
  });

  test("4: is the current directory where nothing else is found", () => {
    using files = tree("a/");
    expect(files.rootFrom("a")).toBe(files.at("a"));
  });

  test("is not found by a .fmail that links to an arbitrary folder; a link to another project's store is shared", () => {
    using files = tree("outside/", "other/.fmail/", "a/", "b/");
    symlinkSync(files.at("outside"), files.at("a/.fmail"));
    symlinkSync("../other/.fmail", files.at("b/.fmail"));
    expect(storeFolder(files.at("a"))).toBe(files.at("a/.fmail"));
    expect(files.rootFrom("b")).toBe(files.at("b"));
    expect(storeFolder(files.at("b"))).toBe(files.at("other/.fmail"));
  });
});
