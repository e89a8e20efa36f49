import { readHooks } from "../../config/hook-file.ts";
import { hooksPath } from "../../config/paths.ts";
import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { omitEmpty, optionalTime } from "../../core/json.ts";
import { idLabel, onlyOne } from "../../core/place-reference.ts";
import { formatTime } from "../../core/time.ts";
import {
  findDeliveredEvents,
  type HookDelivery,
  listDeliveries,
  redeliver,
} from "../../store/hook-deliveries.ts";
import { inTransaction } from "../../store/transaction.ts";
import { findHook } from "../hook-reference.ts";
import type { Run } from "../invocation.ts";
import type { deliveriesFlags } from "../registry/hooks.ts";
import { openStore } from "../store-access.ts";
import { tellHooks } from "../tell-hooks.ts";

/** The newest of them. */
const SHOWN = 1000;

export const list: Run<typeof deliveriesFlags> = (invocation) => {
  const { args, flags, config, out } = invocation;
  const hooks = readHooks(hooksPath(config));
  const hookId = args[0] === undefined ? undefined : findHook(hooks, args[0]).id;
  const db = openStore(invocation, "read");
  const deliveries = listDeliveries(db, { hookId, state: flags.dead ? "dead" : undefined, limit: SHOWN });
  if (out.isJson) return out.jsonList(deliveries.map(deliveryJson));
  if (deliveries.length === 0) return out.line("No deliveries");
  const [events, ids] = [deliveries.map(({ eventId }) => eventId), deliveries.map(({ hookId }) => hookId)];
  const rows = deliveries.map((delivery) => [
    idLabel(delivery.eventId, events),
    idLabel(delivery.hookId, ids),
    delivery.state,
    String(delivery.attempts),
    optionalTime(delivery.nextAt) ?? "-",
    printable(delivery.lastError ?? "-"),
  ]);
  out.write(table(["EVENT", "HOOK", "STATE", "ATTEMPTS", "NEXT", "ERROR"], rows));
};

const deliveryJson = (delivery: HookDelivery) => ({
  event_id: delivery.eventId,
  hook_id: delivery.hookId,
  state: delivery.state,
  attempts: delivery.attempts,
  next_at: optionalTime(delivery.nextAt),
  last_error: omitEmpty(delivery.lastError),
  updated_at: formatTime(delivery.updatedAt),
});

export const redeliverEvent: Run<Record<never, never>> = async (invocation) => {
  const { args, out, world } = invocation;
  const word = args[0]?.trim() ?? "";
  const db = openStore(invocation, "read");
  const known = findDeliveredEvents(db, word).map((id) => ({ id }));
  const { id } = onlyOne("event", known, word, (event) => event.id);
  const hooks = inTransaction(db, () => redeliver(db, id, world.now()));
  out.done("Redelivery queued", { event_id: id, hooks });
  await tellHooks(invocation);
};
