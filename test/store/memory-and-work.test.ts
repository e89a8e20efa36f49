import { describe, expect, test } from "bun:test";
import type { LoopId } from "../../src/core/ids.ts";
import { deleteMemory, getMemory, listMemory, setMemory } from "../../src/store/loop-memory.ts";
import {
  clearCurrentWork,
  findCurrentWork,
  getCurrentWork,
  listWork,
  setCurrentWork,
} from "../../src/store/work-state.ts";
import { errorOf } from "../support/error-of.ts";
import { addLoop, NOW, NOW_TEXT, storedRow } from "./support/samples.ts";
import { inMemory } from "./support/temporary-store.ts";

describe("memory", () => {
  test("is set again under the same id, with a new value", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const first = setMemory(db, id, " key ", " value as is ", NOW);
    expect(storedRow(db, "loop_kv", first.id)).toEqual({
      id: first.id,
      loop_id: id,
      key: "key",
      value: " value as is ",
      created_at: NOW_TEXT,
      updated_at: NOW_TEXT,
    });
    const second = setMemory(db, id, "key", "new", NOW + 5000);
    expect(second).toMatchObject({ id: first.id, createdAt: NOW, value: "new" });
    expect(getMemory(db, id, " key ").value).toBe("new");
    // The trigger writes the real time, in the form with a Z.
    expect(storedRow(db, "loop_kv", first.id).updated_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  test("is listed by key in binary order", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    for (const key of ["b", "a", "B", "ä"]) setMemory(db, id, key, "v", NOW);
    expect(listMemory(db, id).map(({ key }) => key)).toEqual(["B", "a", "b", "ä"]);
  });

  test.each([
    ["40 edge cases: value empty", "k", "", "value is required"],
    ["40 edge cases: key blank", " ", "v", "key is required"],
  ])("%s", (_row, key, value, message) => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const error = errorOf(() => setMemory(db, id, key, value, NOW));
    expect([error.message, error.exit]).toEqual([message, 1]);
  });

  test("of no loop: loopID is required", () => {
    using db = inMemory();
    // An empty text is what a caller without types would hand in.
    expect(errorOf(() => setMemory(db, " " as LoopId, "k", "v", NOW)).message).toBe("loopID is required");
  });

  test("that is not there: loop kv not found", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    setMemory(db, id, "k", "v", NOW);
    deleteMemory(db, id, "k");
    for (const call of [() => getMemory(db, id, "k"), () => deleteMemory(db, id, "k")])
      expect(errorOf(call).message).toBe("loop kv not found");
  });
});

describe("work state", () => {
  const work = (loopId: LoopId, taskId: string) => ({ loopId, agentId: "agent", taskId, loopIteration: 2 });

  test("has one current task, and the others stay", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    const first = setCurrentWork(db, { ...work(id, " t1 "), detail: "d" }, NOW);
    expect(first).toMatchObject({
      taskId: "t1",
      status: "in_progress",
      detail: "d",
      isCurrent: true,
      createdAt: NOW,
    });
    setCurrentWork(db, { ...work(id, "t2"), status: "blocked" }, NOW);
    expect(findCurrentWork(db, id)?.taskId).toBe("t2");
    const again = setCurrentWork(db, { ...work(id, "t1"), status: "done" }, NOW + 5000);
    expect(again).toMatchObject({ id: first.id, createdAt: NOW, status: "done", detail: undefined });
    expect(listWork(db, id).map(({ taskId, isCurrent }) => [taskId, isCurrent])).toEqual([
      ["t1", true],
      ["t2", false],
    ]);
  });

  test("has no current task after it was cleared, without complaint", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    clearCurrentWork(db, id);
    setCurrentWork(db, work(id, "t1"), NOW);
    clearCurrentWork(db, id);
    expect(errorOf(() => getCurrentWork(db, id)).message).toBe("loop work state not found");
    expect(listWork(db, id).length).toBe(1);
    expect(errorOf(() => clearCurrentWork(db, "" as LoopId)).message).toBe("loop_id is required");
  });

  test("is limited when it is listed", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    for (const task of ["1", "2", "3"]) setCurrentWork(db, work(id, task), NOW);
    expect(listWork(db, id, 2).map(({ taskId }) => taskId)[0]).toBe("3");
    expect([listWork(db, id, 2).length, listWork(db, id, 0).length]).toEqual([2, 3]);
  });

  test("tells all that is missing at once", () => {
    using db = inMemory();
    const { id } = addLoop(db, "a");
    expect(errorOf(() => setCurrentWork(db, { ...work(id, " "), agentId: "" }, NOW)).message).toBe(
      "invalid loop work state: agent_id: agent_id is required; task_id: task_id is required",
    );
  });
});
