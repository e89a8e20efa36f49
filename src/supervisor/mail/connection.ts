import { ForgeError, toForgeError } from "../../core/errors.ts";
import { tooLarge } from "../../mail/rules/message.ts";
import { messagesSince } from "../../mail/store/backlog.ts";
import { listAllBoxes } from "../../mail/store/boxes.ts";
import type { StoredMessage } from "../../mail/store/read-message.ts";
import { failureLine, messageLine, okLine, PING_LINE, type WireFailure } from "../../mail/wire/answers.ts";
import { LineBuffer } from "../../mail/wire/lines.ts";
import { type ByteSink, Outbox } from "./outbox.ts";
import type { ProjectMail } from "./project-mail.ts";
import {
  draftOf,
  projectOf,
  type RawRequest,
  RefusedRequest,
  type Requester,
  readRequest,
  relayOf,
  requesterOf,
  type WatchRequest,
  watchOf,
} from "./request.ts";

/** What stands between a listener and the projects that can be reached through it. */
export interface MailDoor {
  /** Whether requests must say which project they mean. */
  readonly isShared: boolean;
  /** Throws a `RefusedRequest` for those who may not enter. */
  check(request: RawRequest): void;
  /** Throws a `RefusedRequest` where there is no such project. */
  project(id: string | undefined): ProjectMail;
  /** Is told of failures that are nobody's mistake. */
  failed(reason: string): void;
}

/** Live messages that a client may be behind (spec/50 section 10.3). */
const MOST_WAITING = 512;
/** Of a backlog, so many are handed to the socket before it is waited for, and before others get their turn. */
const AT_ONCE = 64;
const PING_AFTER_MS = 15_000;
const REQUEST_WITHIN_MS = 10_000;
/** A client that reads nothing does not read that it was cut off either. */
const LEAVES_WITHIN_MS = 5_000;

/** One connection: reads its one request, answers it, and for a watch goes on until the client leaves. */
export class MailConnection {
  readonly #door: MailDoor;
  readonly #outbox: Outbox;
  readonly #drop: () => void;
  readonly #input = new LineBuffer();
  /** Settles when nothing more is to be said: the client is gone, or was told to go. */
  readonly #over = Promise.withResolvers<void>();
  /** Until it has asked, and until it has left. */
  #deadline: Timer;
  #isAsked = false;
  #isOver = false;
  #saidAt = performance.now();

  /** `drop` ends the connection whatever waits. */
  constructor(door: MailDoor, sink: ByteSink, drop: () => void) {
    this.#door = door;
    this.#outbox = new Outbox(sink);
    this.#drop = drop;
    this.#deadline = setTimeout(drop, REQUEST_WITHIN_MS);
  }

  received(bytes: Uint8Array): void {
    if (this.#isAsked) return; // One request each; what follows is nothing.
    try {
      const [line] = this.#input.add(bytes);
      if (line !== undefined) void this.#answer(line);
    } catch {
      this.#begin();
      this.#end({ code: "too_large", message: "message exceeds size limit", retryable: false });
    }
  }

  /** The client says no more: without a request there is nothing to wait for. */
  heardAll(): void {
    if (!this.#isAsked) this.#drop();
  }

  drained(): void {
    this.#outbox.flush();
  }

  closed(): void {
    clearTimeout(this.#deadline);
    this.#finish();
  }

  #finish(): void {
    this.#isOver = true;
    this.#over.resolve();
  }

  #begin(): void {
    this.#isAsked = true;
    clearTimeout(this.#deadline);
  }

  async #answer(line: string): Promise<void> {
    this.#begin();
    let requestId: string | undefined;
    try {
      const request = readRequest(line);
      requestId = request.requestId;
      this.#door.check(request);
      const projectId = projectOf(request, this.#door.isShared);
      const by = requesterOf(request);
      const project = this.#door.project(projectId);
      await this.#serve(request, by, project);
    } catch (thrown) {
      this.#end(this.#failureOf(thrown), requestId);
    }
  }

  async #serve(request: RawRequest, by: Requester, project: ProjectMail): Promise<void> {
    switch (request.command) {
      case "send": {
        const id = await project.send(draftOf(request, by));
        this.#outbox.write(okLine(request.requestId, id));
        return this.#outbox.close();
      }
      case "watch":
        return this.#stream(project, by, watchOf(request, by), request.requestId);
      case "relay":
        return this.#stream(project, by, relayOf(request), request.requestId);
      default:
        throw new RefusedRequest("invalid_request", "unknown cmd");
    }
  }

  async #stream(
    project: ProjectMail,
    by: Requester,
    { wants, since }: WatchRequest,
    requestId: string | undefined,
  ): Promise<void> {
    using _presence = project.listens(by);
    // What is in the backlog and is still to come from the feed.
    const given = new Set<string>();
    const queued: StoredMessage[] = [];
    let isLive = false;
    const give = (stored: StoredMessage) => {
      if (!given.delete(stored.path)) this.#say(messageLine(stored.message));
    };
    // Subscribed before the files are read, so that nothing falls in between.
    using _subscription = project.feed.subscribe((stored) => {
      if (this.#isOver || !wants(stored.target)) return;
      if (isLive) give(stored);
      else queued.push(stored);
      if (Math.max(queued.length, this.#outbox.waiting) > MOST_WAITING) this.#end(BACKPRESSURE, requestId);
    });
    this.#say(okLine(requestId));
    const boxes = listAllBoxes(project.store).filter(wants);
    let count = 0;
    for await (const stored of messagesSince(project.store, boxes, since)) {
      if (this.#isOver) return;
      given.add(stored.path);
      this.#say(messageLine(stored.message));
      if (++count % AT_ONCE !== 0) continue;
      await Promise.race([this.#outbox.emptied(), this.#over.promise]);
      // What is read comes without a pause, and loops run in this process too.
      await new Promise<void>((resume) => setImmediate(resume));
    }
    isLive = true;
    for (const stored of queued.splice(0)) give(stored);
    for (const path of given) if (project.feed.hasGiven(path)) given.delete(path);
    const pinging = setInterval(() => this.#ping(), PING_AFTER_MS / 3);
    await this.#over.promise;
    clearInterval(pinging);
  }

  #say(line: string): void {
    this.#saidAt = performance.now();
    this.#outbox.write(line);
  }

  #ping(): void {
    if (performance.now() - this.#saidAt >= PING_AFTER_MS - PING_AFTER_MS / 3) this.#say(PING_LINE);
  }

  #end(failure: WireFailure, requestId?: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.#outbox.end(failureLine(failure, requestId));
    this.#deadline = setTimeout(this.#drop, LEAVES_WITHIN_MS);
  }

  #failureOf(thrown: unknown): WireFailure {
    if (thrown instanceof RefusedRequest) return thrown;
    const { message } = toForgeError(thrown);
    if (thrown instanceof ForgeError && message === tooLarge().message)
      return { code: "too_large", message: "message exceeds size limit", retryable: false };
    this.#door.failed(message);
    return { code: "internal", message, retryable: false };
  }
}

const BACKPRESSURE: WireFailure = { code: "backpressure", message: "backpressure", retryable: true };
