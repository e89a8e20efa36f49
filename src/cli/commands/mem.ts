import { printable } from "../../console/printable.ts";
import { invalid } from "../../core/errors.ts";
import { loopKvJson } from "../../core/loop-kv.ts";
import { deleteMemory, getMemory, listMemory, setMemory } from "../../store/loop-memory.ts";
import { openCurrentLoop } from "../current-loop.ts";
import type { Run } from "../invocation.ts";
import type { memFlags } from "../registry/loop-notes.ts";

type Mem = Run<typeof memFlags>;

export const set: Mem = (invocation) => {
  const {
    args: [word = "", value = ""],
    world,
    out,
  } = invocation;
  const key = keyOf(word);
  if (value === "") throw invalid("value is required", { hint: `To forget it: forge mem rm ${key}` });
  const { db, loop } = openCurrentLoop(invocation);
  setMemory(db, loop.id, key, value, world.now());
  out.done("ok", { key, loop: loop.name, ok: true });
};

export const get: Mem = (invocation) => {
  const {
    args: [word = ""],
    out,
  } = invocation;
  const { db, loop } = openCurrentLoop(invocation);
  const kv = getMemory(db, loop.id, keyOf(word));
  if (out.isJson) out.json(loopKvJson(kv));
  else out.line(kv.value);
};

export const ls: Mem = (invocation) => {
  const { out } = invocation;
  const { db, loop } = openCurrentLoop(invocation);
  const entries = listMemory(db, loop.id);
  if (out.isJson) return out.jsonList(entries.map(loopKvJson));
  const lines = entries.map(({ key, value }) => printable(`${key}=${value}`));
  out.line(lines.length === 0 ? "(empty)" : lines.join("\n"));
};

export const rm: Mem = (invocation) => {
  const {
    args: [word = ""],
    out,
  } = invocation;
  const key = keyOf(word);
  const { db, loop } = openCurrentLoop(invocation);
  deleteMemory(db, loop.id, key);
  out.done("ok", { key, loop: loop.name, ok: true });
};

function keyOf(word: string): string {
  const key = word.trim();
  if (key === "") throw invalid("key is required");
  return key;
}
