import type { Output } from "../console/output.ts";
import type { World } from "../core/world.ts";
import { messageJson, messageLine, screenOf } from "./display.ts";
import type { StoredMessage } from "./store/read-message.ts";

/** Prints messages one by one, each at once: a line of text, or of JSON. */
export function messagePrinter(out: Output, world: World, json: boolean): (stored: StoredMessage) => void {
  const screen = screenOf(world);
  return ({ message }) => out.line(json ? messageJson(message, 0) : messageLine(message, screen));
}
