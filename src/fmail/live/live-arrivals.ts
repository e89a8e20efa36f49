import { operationFailed } from "../../core/errors.ts";
import { formatTimeMillis } from "../../core/time.ts";
import type { World } from "../../core/world.ts";
import type { Target } from "../../mail/rules/target.ts";
import { FolderWatch } from "../../mail/store/folder-watch.ts";
import { Follower } from "../../mail/store/follower.ts";
import { compareMessages, messagePath, type StoredMessage } from "../../mail/store/read-message.ts";
import { readServerLine, type ServerLine, type WireFailure } from "../../mail/wire/answers.ts";
import type { Endpoint } from "../../mail/wire/endpoint.ts";
import { LineClient } from "../../mail/wire/line-client.ts";
import { SOCKET_NAME } from "../../mail/wire/lines.ts";
import type { OwnMailbox } from "../mailbox.ts";
import { type Arrivals, EVERYTHING, type Interest } from "../post.ts";
import { mayBeServed } from "./endpoint.ts";
import { isForeignSupervisor, refused, requestLine } from "./request.ts";

/** Pauses before the attempts to reach a supervisor that was lost (spec/50 section 9.2); the files are followed meanwhile. */
const PAUSES_MS = [0, 200, 400, 800, 800];
/** When a socket has appeared: its supervisor may need a moment until it listens. */
const PAUSES_AT_SOCKET_MS = [0, 50, 200, 1000];
const ACK_MS = 5_000;
/** A supervisor says something every 15 s: one that does not is stopped or stuck. */
const SILENCE_MS = 25_000;
const FILES_LOOK_MS = 10;

/**
 * Messages as a supervisor pushes them, and from the files whenever there is none: when it ends, until it is there again, and
 * before the first contact. What was delivered is known by the path of its file whichever way it came, and each change of the
 * way begins with a look at the files, so nothing is missed and nothing comes twice.
 */
export class LiveArrivals implements Arrivals {
  /** Paths of all messages that were there at the start or were delivered. */
  readonly #seen = new Set<string>();
  readonly #since: string;
  readonly #socketWatch: FolderWatch | undefined;
  #files: Follower | undefined;
  #filesEnd = new AbortController();
  #client: LineClient | undefined;
  #isConnecting = false;
  #isWanted = false;
  #isEnded = false;
  #lastId: string | undefined;
  #queue: StoredMessage[] = [];
  #failure: Error | undefined;
  #woken = Promise.withResolvers<void>();

  constructor(
    private readonly endpoint: Endpoint,
    private readonly mailbox: OwnMailbox,
    private readonly interest: Interest,
    private readonly world: World,
  ) {
    this.#since = formatTimeMillis(world.now());
    this.#files = new Follower(mailbox.store, interest.includes, { fills: this.#seen });
    void this.#readFiles(this.#files);
    if (endpoint.kind === "unix")
      this.#socketWatch = new FolderWatch(mailbox.store.folder, (name) => {
        if (name === SOCKET_NAME || name === null) void this.#connect(PAUSES_AT_SOCKET_MS);
      });
    void this.#connect([0]);
  }

  async next(signal: AbortSignal): Promise<StoredMessage[]> {
    const stop = () => this.#woken.resolve();
    signal.addEventListener("abort", stop);
    try {
      while (!signal.aborted) {
        if (this.#queue.length > 0) return this.#queue.splice(0).sort(compareMessages);
        if (this.#failure) throw this.#failure;
        this.#woken = Promise.withResolvers();
        await this.#woken.promise;
      }
      return [];
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  skip({ path }: StoredMessage): void {
    this.#seen.add(path);
    this.#queue = this.#queue.filter((queued) => queued.path !== path);
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    this.#socketWatch?.[Symbol.dispose]();
    this.#client?.[Symbol.dispose]();
    this.#leaveFiles();
  }

  #arrived(messages: readonly StoredMessage[]): void {
    for (const message of messages) this.#queue.push(message);
    if (messages.length > 0) this.#woken.resolve();
  }

  #fail(failure: Error): void {
    this.#failure = failure;
    this.#woken.resolve();
  }

  async #readFiles(files: Follower): Promise<void> {
    const { signal } = this.#filesEnd;
    while (!signal.aborted) this.#arrived(await files.next(signal));
  }

  /** Called when the supervisor pushes already: what appeared before, and is perhaps not whole yet, is taken along. */
  async #leaveFilesInOrder(): Promise<void> {
    this.#files?.lookNow();
    while (this.#files?.hasMore) await Bun.sleep(FILES_LOOK_MS);
    this.#leaveFiles();
  }

  #leaveFiles(): void {
    this.#filesEnd.abort();
    this.#files?.[Symbol.dispose]();
    this.#files = undefined;
  }

  #returnToFiles(): void {
    if (this.#files || this.#isEnded) return;
    this.#filesEnd = new AbortController();
    this.#files = new Follower(this.mailbox.store, this.interest.includes, { goesOnFrom: this.#seen });
    void this.#readFiles(this.#files);
  }

  /** Tries to reach a supervisor, after each of these pauses, and stays with it as long as it is there. */
  async #connect(pauses: readonly number[]): Promise<void> {
    this.#isWanted = true;
    if (this.#isConnecting || this.#client || this.#isEnded) return;
    this.#isConnecting = true;
    // Asked for again meanwhile, the attempts may have come too early.
    while (this.#isWanted) {
      this.#isWanted = false;
      if (await this.#tryAfter(pauses)) break;
    }
    this.#isConnecting = false;
  }

  async #tryAfter(pauses: readonly number[]): Promise<boolean> {
    for (const pause of pauses) {
      if (pause > 0) await freeSleep(pause);
      if (this.#isEnded || (await this.#tryToConnect())) return true;
    }
    return false;
  }

  async #tryToConnect(): Promise<boolean> {
    if (!mayBeServed(this.endpoint)) return false;
    const client = await LineClient.connect(this.endpoint);
    if (client === undefined) return false;
    const { wire } = this.interest;
    const command = wire === EVERYTHING ? "relay" : "watch";
    const topic = wire === EVERYTHING ? undefined : wire;
    const since = this.#lastId ?? this.#since;
    const fields = [["topic", topic] as const, ["since", since] as const];
    client.write(requestLine(command, fields, this.mailbox, this.endpoint, this.world));
    const answer = await this.#read(client, ACK_MS);
    if (answer?.kind !== "ok") {
      client[Symbol.dispose]();
      if (answer?.kind !== "failure") return this.#failure !== undefined;
      return this.#isFinal(answer.failure);
    }
    if (this.#isEnded) client[Symbol.dispose]();
    else void this.#stayWith(client);
    return true;
  }

  async #stayWith(client: LineClient): Promise<void> {
    this.#client = client;
    await this.#leaveFilesInOrder();
    let answer: ServerLine | undefined;
    do {
      answer = await this.#read(client, SILENCE_MS);
      if (answer?.kind === "message") this.#pushed(answer);
    } while (answer && answer.kind !== "failure");
    client[Symbol.dispose]();
    this.#client = undefined;
    if (answer && this.#isFinal(answer.failure)) return;
    this.#returnToFiles();
    void this.#connect(PAUSES_MS);
  }

  #pushed({ message, target }: { message: StoredMessage["message"]; target: Target }): void {
    if (message.id > (this.#lastId ?? "")) this.#lastId = message.id;
    const path = messagePath(target, message.id);
    if (!this.interest.includes(target) || this.#seen.has(path)) return;
    this.#seen.add(path);
    this.#arrived([{ message, target, path }]);
  }

  /** Whether a refusal is not to be tried again: it is an error, or means that this supervisor is not ours. */
  #isFinal(failure: WireFailure | undefined): boolean {
    if (failure?.retryable || failure?.code === "backpressure") return false;
    if (isForeignSupervisor(failure, this.endpoint)) this.#returnToFiles();
    else this.#fail(refused(failure));
    return true;
  }

  /** The next line; undefined when there is none any more. */
  async #read(client: LineClient, withinMs: number): Promise<ServerLine | undefined> {
    const line = await client.next(withinMs);
    try {
      return line === undefined ? undefined : readServerLine(line);
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      this.#fail(operationFailed(`forged: invalid forged stream data: ${reason}`, { cause: thrown }));
      return undefined;
    }
  }
}

/** A sleep that does not keep the process from ending. */
function freeSleep(ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, ms).unref();
  return promise;
}
