import { describe, expect, test } from "bun:test";
import type { Loop } from "../../src/core/loop.ts";
import { filterLoops, hasCondition, type LoopFilter, selectLoops } from "../../src/core/selector.ts";
import { loopId, poolId, profileId, sampleLoop } from "../support/core-samples.ts";
import { errorOf } from "../support/error-of.ts";

const numbered = (number: number, changes: Partial<Loop>): Loop =>
  sampleLoop({ id: loopId(`id-${number}`), shortId: `short00${number}`, name: `w-${number}`, ...changes });

const loops = [
  numbered(1, { repoPath: "/a", state: "running", tags: ["x", "y"], poolId: poolId("p") }),
  numbered(2, { repoPath: "/a", state: "sleeping", tags: ["x"], profileId: profileId("q") }),
  numbered(3, { repoPath: "/b", state: "stopped" }),
];

const names = (selected: readonly Loop[]) => selected.map(({ name }) => name);

describe("filters (spec/20 section 5.2)", () => {
  test.each([
    [{}, ["w-1", "w-2", "w-3"]],
    [{ repoPath: "/a" }, ["w-1", "w-2"]],
    [{ repoPath: "/a/" }, []],
    [{ poolId: poolId("p") }, ["w-1"]],
    [{ profileId: profileId("q") }, ["w-2"]],
    [{ state: "running" }, ["w-1"]],
    [{ state: "bogus" }, []],
    [{ tag: "x" }, ["w-1", "w-2"]],
    [{ tag: "X" }, []],
    [{ repoPath: "/a", tag: "y" }, ["w-1"]],
    [{ repoPath: "/b", tag: "y" }, []],
    [{ repoPath: "", state: "" }, ["w-1", "w-2", "w-3"]],
  ] as [LoopFilter, string[]][])("%j leaves %j", (filter, expected) => {
    expect(names(filterLoops(loops, filter))).toEqual(expected);
  });

  test("hold a condition or none", () => {
    expect(hasCondition({})).toBe(false);
    expect(hasCondition({ repoPath: undefined, tag: "" })).toBe(false);
    expect(hasCondition({ tag: "x" })).toBe(true);
  });
});

describe("a selection", () => {
  test("of all is every loop, and adds nothing to a filter", () => {
    expect(names(selectLoops(loops, { filter: {}, all: true }))).toEqual(["w-1", "w-2", "w-3"]);
    expect(names(selectLoops(loops, { filter: { tag: "x" }, all: true }))).toEqual(["w-1", "w-2"]);
  });

  test("by reference is one loop, which must pass the filter", () => {
    expect(names(selectLoops(loops, { filter: {}, reference: "w-2" }))).toEqual(["w-2"]);
    expect(names(selectLoops(loops, { filter: { tag: "x" }, reference: "w-2", all: true }))).toEqual(["w-2"]);
    const outside = errorOf(() => selectLoops(loops, { filter: { tag: "nope" }, reference: "w-1" }));
    expect(outside.message).toBe("loop 'w-1' not found");
  });

  test.each([
    ["stop, kill, rm, msg alone", {}, "specify a loop or selector", "unknown"],
    ['stop ""', { reference: "" }, "specify a loop or selector", "unknown"],
    ['stop " "', { reference: " " }, "loop name or ID required", "invalid"],
    ["stop --tag nope", { filter: { tag: "nope" } }, "no loops matched", "unknown"],
  ])("spec/20 edge cases: %s", (_, selection, message, kind) => {
    const error = errorOf(() => selectLoops(loops, { filter: {}, ...selection }));
    expect(error.message).toBe(message);
    expect(error.kind).toBe(kind as typeof error.kind);
  });

  test("spec/20 edge cases: kill --all with no loops, queue ls x on an empty database", () => {
    expect(errorOf(() => selectLoops([], { filter: {}, all: true })).message).toBe("no loops matched");
    expect(errorOf(() => selectLoops([], { filter: { tag: "x" }, reference: "x" })).message).toBe(
      "loop 'x' not found (no loops registered yet)",
    );
  });
});
