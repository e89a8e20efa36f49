import { readHooks } from "../../config/hook-file.ts";
import { hooksPath } from "../../config/paths.ts";
import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { classify, ForgeError } from "../../core/errors.ts";
import type { Event } from "../../core/event.ts";
import { type Hook, shownHookJson } from "../../core/hook.ts";
import { type EventId, newId } from "../../core/ids.ts";
import { idLabel } from "../../core/place-reference.ts";
import { deleteDeliveriesOf } from "../../store/hook-deliveries.ts";
import { callHook } from "../../supervisor/hooks/call-hook.ts";
import { changeHooks } from "../../supervisor/hooks/hook-store.ts";
import { hearFromNowOn } from "../hearing-hooks.ts";
import { findHook } from "../hook-reference.ts";
import type { Invocation, Run } from "../invocation.ts";
import { openStore } from "../store-access.ts";

type NoFlags = Record<never, never>;

export const list: Run<NoFlags> = ({ config, out }) => {
  const hooks = readHooks(hooksPath(config));
  if (out.isJson) return out.jsonList(hooks.map(shownHookJson));
  if (hooks.length === 0) return out.line("No hooks registered");
  const ids = hooks.map(({ id }) => id);
  const rows = hooks.map((hook) => [
    idLabel(hook.id, ids),
    hook.kind,
    hook.enabled ? "yes" : "no",
    printable(hook.command ?? hook.url ?? ""),
    printable(hook.eventTypes.join(",") || "all"),
  ]);
  out.write(table(["ID", "KIND", "ENABLED", "TARGET", "TYPES"], rows));
};

export const rm: Run<NoFlags> = async (invocation) => {
  const { args, config, out } = invocation;
  const removed = await changeHooks(hooksPath(config), (hooks) => {
    const hook = findHook(hooks, args[0]);
    return { hooks: hooks.filter(({ id }) => id !== hook.id), answer: hook };
  });
  deleteDeliveriesOf(openStore(invocation, "read"), removed.id);
  out.done(`Hook removed: ${removed.id}`, shownHookJson(removed));
};

export const enable: Run<NoFlags> = (invocation) => setEnabled(invocation, true);

export const disable: Run<NoFlags> = (invocation) => setEnabled(invocation, false);

async function setEnabled(invocation: Invocation<NoFlags>, enabled: boolean): Promise<void> {
  const { args, config, world, out } = invocation;
  const hook = await changeHooks(hooksPath(config), (hooks) => {
    const found = findHook(hooks, args[0]);
    if (found.enabled === enabled) return { answer: found };
    const changed: Hook = { ...found, enabled, updatedAt: world.now() };
    hearFromNowOn(invocation, hooks, changed);
    return { hooks: hooks.map((other) => (other === found ? changed : other)), answer: changed };
  });
  out.done(`Hook ${enabled ? "enabled" : "disabled"}: ${hook.id}`, shownHookJson(hook));
}

export const test: Run<NoFlags> = async ({ args, config, world, out }) => {
  const hook = findHook(readHooks(hooksPath(config)), args[0]);
  const event: Event = {
    id: newId<EventId>(),
    timestamp: world.now(),
    type: "hook.test",
    entityType: "system",
    entityId: hook.id,
    payloadJson: JSON.stringify({ hook_id: hook.id }),
  };
  const { failure } = await callHook(hook, event, {
    world,
    signal: new AbortController().signal,
    onOutput: (bytes) => out.noteBytes(bytes),
  });
  if (failure !== undefined) throw new ForgeError(classify(failure), `hook test: ${failure}`, { exit: 1 });
  out.done("ok", { ok: true, hook_id: hook.id, event_id: event.id });
};
