import { describe, expect, test } from "bun:test";
import { rendered, sgr } from "./rendering.ts";

const HUNK = "@@ -1 +1 @@";
/** The lines of a hunk, shown without its first line. */
const hunk = (lines: string[], color = false, heldLimit?: number) =>
  rendered([HUNK, ...lines], { color, ...(heldLimit && { heldLimit }) }).slice(1);

describe("20 section 16.3 c: metadata and headers", () => {
  const headers = [
    "diff --git a/x b/x",
    "index 1..2 100644",
    "new file mode 100644",
    "deleted file mode 100644",
    "old mode 1",
    "new mode 2",
    "similarity index 90%",
    "dissimilarity index 10%",
    "rename from a",
    "rename to b",
    "copy from a",
    "copy to b",
    "Binary files a and b differ",
    "GIT binary patch",
    "--- a/x",
    "+++ b/x",
    "--- x",
    "+++ x",
  ];
  test.each(headers)("%s is bold and leaves the hunk", (header) => {
    expect(hunk([header, "-a"], true)).toEqual([sgr("1", header), "-a"]);
    expect(hunk([header, "-a"])).toEqual([header, "-a"]);
  });

  test("a hunk header is cyan; the note on a missing newline is bold", () => {
    expect(rendered([HUNK, " a", "\\ No newline at end of file"], { color: true })).toEqual([
      sgr("36", HUNK),
      " a",
      sgr("1", "\\ No newline at end of file"),
    ]);
  });
});

describe("20 section 16.3 c: changes inside a hunk", () => {
  test("the example of the specification", () => {
    expect(hunk(["-let a = 1;", "+let a = 2;"])).toEqual(["-let a = [-1-];", "+let a = {+2+};"]);
  });

  test("the same, coloured: what differs stands out of the red and the green", () => {
    expect(hunk(["-let a = 1;", "+let a = 2;"], true)).toEqual([
      `${sgr("31", "-let a = ")}${sgr("1;91", "1")}${sgr("31", ";")}`,
      `${sgr("32", "+let a = ")}${sgr("1;92", "2")}${sgr("32", ";")}`,
    ]);
  });

  test("the k-th deleted line goes with the k-th added one of the run; the rest has no partner", () => {
    expect(hunk(["-a1", "-b1", "-c", "+a2", "+b2", " x", "+d1"])).toEqual([
      "-a[-1-]",
      "-b[-1-]",
      "-c",
      "+a{+2+}",
      "+b{+2+}",
      " x",
      "+d1",
    ]);
  });

  test("lines without partner are red and green as a whole", () => {
    expect(hunk(["-a", " x", "+b"], true)).toEqual([sgr("31", "-a"), " x", sgr("32", "+b")]);
  });

  test("equal lines have no difference, a pure insertion marks one side", () => {
    expect(hunk(["-a", "+a"])).toEqual(["-a", "+a"]);
    expect(hunk(["-ab", "+axb"])).toEqual(["-ab", "+a{+x+}b"]);
    expect(hunk(["-", "+a"])).toEqual(["-", "+{+a+}"]);
    expect(hunk(["-aa", "+aaa"])).toEqual(["-aa", "+aa{+a+}"]);
  });

  test("a character of two code units is not cut", () => {
    expect(hunk(["-a\u{1f600}b", "+a\u{1f601}b"])).toEqual(["-a[-\u{1f600}-]b", "+a{+\u{1f601}+}b"]);
    expect(hunk(["-\u{1f600}", "+\u{1fa00}"])).toEqual(["-[-\u{1f600}-]", "+{+\u{1fa00}+}"]);
  });

  test("changes outside a hunk are plain, and so are list points below one", () => {
    expect(rendered(["-a", "+b"], { color: true })).toEqual(["-a", "+b"]);
    expect(hunk([" x", "Done:", "- one", "- two"], true)).toEqual([" x", "Done:", "- one", "- two"]);
  });

  test("an empty line is a context line that lost its blank", () => {
    expect(hunk(["", "-a"], true)).toEqual(["", sgr("31", "-a")]);
  });

  test("a diff inside a code fence is shown as one", () => {
    expect(rendered(["```diff", HUNK, "-a1", "+a2", "```"])).toEqual([
      "```diff",
      HUNK,
      "-a[-1-]",
      "+a{+2+}",
      "```",
    ]);
  });

  test("at most so many lines are held back as the limit says", () => {
    const lines = ["-a1", "-b1", "+a2", "+b2"];
    expect(hunk(lines, false, 3)).toEqual(["-a[-1-]", "-b1", "+a{+2+}", "+b2"]);
    expect(hunk(lines, false, 4)).toEqual(["-a[-1-]", "-b[-1-]", "+a{+2+}", "+b{+2+}"]);
  });
});
