import { join } from "node:path";
import { readJsonObject } from "../rules/json-object.ts";
import type { JsonValue } from "../rules/json-text.ts";
import { readRegularFile } from "./read-file.ts";
import type { Store } from "./store.ts";

/** Ids of messages that the user of the terminal interface has marked (spec/50 section 13.5). */
export interface MarkedMessages {
  readonly bookmarked: ReadonlySet<string>;
  readonly annotated: ReadonlySet<string>;
}

/** What the state file says; nothing where it is missing or cannot be understood. */
export function readMarkedMessages(store: Store): MarkedMessages {
  try {
    const file = readRegularFile(join(store.folder, "tui-state.json"));
    const state = readJsonObject(file?.text ?? "{}");
    const bookmarks = Array.isArray(state.bookmarks) ? state.bookmarks : [];
    return {
      bookmarked: new Set(bookmarks.flatMap((bookmark: JsonValue) => bookmarkId(bookmark) ?? [])),
      annotated: new Set(Object.keys(state.annotations ?? {})),
    };
  } catch {
    return { bookmarked: new Set(), annotated: new Set() };
  }
}

function bookmarkId(bookmark: JsonValue): string | undefined {
  if (typeof bookmark !== "object" || bookmark === null || !("message_id" in bookmark)) return undefined;
  return typeof bookmark.message_id === "string" ? bookmark.message_id : undefined;
}
