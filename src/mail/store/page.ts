import type { Instant } from "../../core/time.ts";
import { idTime } from "../rules/message-id.ts";
import type { Target } from "../rules/target.ts";
import { BoxSource, type MessageSource, StraySource } from "./message-source.ts";
import { compareMessages, MessageReader, type StoredMessage } from "./read-message.ts";
import { newestNames } from "./recent-names.ts";
import type { Store } from "./store.ts";

export interface PageRequest {
  readonly targets: readonly Target[];
  /** At most this many messages; Infinity for all. */
  readonly limit: number;
  /** Which messages count; all when left out. */
  readonly accepts?: (stored: StoredMessage) => boolean;
  /** Only messages with a lower id: how one pages backwards. */
  readonly before?: string | undefined;
  /** Only messages with a higher id; reading stops there. */
  readonly after?: string | undefined;
  /** The caller accepts none older than this, so that reading may stop. */
  readonly notBefore?: Instant | undefined;
}

/** Clocks of hosts differ, and an id may be given some time after its message: so much older ids are still looked at. */
const TOLERANCE_MS = 3_600_000;
/** That many are read before an id is believed to tell the time at all. */
const ALWAYS_READ = 1_000;

/**
 * The newest messages of some boxes, oldest first. Reads names first and files from the newest back until there are enough,
 * so the cost does not grow with the size of the boxes.
 */
export async function newestMessages(store: Store, request: PageRequest): Promise<StoredMessage[]> {
  const { limit, accepts = () => true, after = "", notBefore } = request;
  const sources = await openSources(store, request);
  const page: StoredMessage[] = [];
  for (let read = 0; page.length < limit; read++) {
    const source = newestOf(sources);
    const id = source?.peek();
    if (id === undefined || id <= after || (read >= ALWAYS_READ && isTooOld(id, notBefore))) break;
    const stored = await source?.take();
    if (stored && accepts(stored)) page.push(stored);
  }
  return page.sort(compareMessages);
}

async function openSources(store: Store, { targets, before }: PageRequest): Promise<MessageSource[]> {
  const reader = new MessageReader(store);
  const sources: MessageSource[] = [];
  for (const target of targets) {
    const names = newestNames(store, target);
    sources.push(new BoxSource(store, reader, target, names, before));
    if (names.others.length > 0) sources.push(await StraySource.open(reader, target, names.others, before));
  }
  return sources;
}

function newestOf(sources: readonly MessageSource[]): MessageSource | undefined {
  let newest: MessageSource | undefined;
  for (const source of sources) if ((source.peek() ?? "") > (newest?.peek() ?? "")) newest = source;
  return newest;
}

const isTooOld = (id: string, notBefore: Instant | undefined): boolean =>
  notBefore !== undefined && (idTime(id) ?? notBefore) < notBefore - TOLERANCE_MS;
