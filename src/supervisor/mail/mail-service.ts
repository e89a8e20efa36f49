/**
 * Live delivery of agent mail (spec/50 sections 9 and 10): the supervisor listens in the store of every repository it knows and
 * pushes what is sent there to those who watch. What enters this folder: the line protocol, connections, who is present. What
 * must not: what a message is and how it is stored (`mail/`).
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { systemReason } from "../../core/system-error.ts";
import { projectRoot, storeFolder } from "../../mail/project/root.ts";
import { SOCKET_NAME } from "../../mail/wire/lines.ts";
import { isSame, type TcpAddress } from "../guard.ts";
import type { MailDoor } from "./connection.ts";
import { listenOnMailPort, listenOnMailSocket, type MailListener, SocketInUse } from "./listener.ts";
import { type MailSettings, ProjectMail } from "./project-mail.ts";
import { Relay, type RelaySettings, relayPeers } from "./relay.ts";
import { RefusedRequest } from "./request.ts";

/** A repository or a mailbox that is new gets its socket within this time (spec/50 section 10). */
const LOOK_EVERY_MS = 5_000;

export interface MailServiceDeps extends MailSettings {
  /** The repositories that are known now. */
  readonly repositories: () => readonly string[];
  /** Where it listens beside the sockets, for those who know the token. */
  readonly tcp?: (TcpAddress & { readonly token: string }) | undefined;
  /** Other hosts whose mail of the same projects is taken over. */
  readonly relay?: RelaySettings | undefined;
}

interface Project {
  readonly mail: ProjectMail;
  readonly relays: readonly Disposable[];
  listener?: MailListener | undefined;
}

/** The mail of all known repositories. A mailbox that cannot be served keeps nothing else from working. */
export class MailService implements Disposable {
  readonly #deps: MailServiceDeps;
  readonly #projects = new Map<string, Project>();
  readonly #warned = new Set<string>();
  readonly #timer: Timer;
  #port: MailListener | undefined;
  /** Roots of projects by repository. */
  #roots: ReadonlyMap<string, string> = new Map();
  #isStale = true;
  #looking: Promise<void> | undefined;
  #isEnded = false;

  constructor(deps: MailServiceDeps) {
    this.#deps = deps;
    this.#listenOnPort();
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    // Loops come first.
    setImmediate(() => void this.look());
  }

  /** Clients that wait for messages. */
  get watchers(): number {
    let sum = 0;
    for (const { mail } of this.#projects.values()) sum += mail.feed.receivers;
    return sum;
  }

  /** Says that there may be other repositories than before. */
  repositoriesChanged(): void {
    this.#isStale = true;
  }

  [Symbol.dispose](): void {
    this.#isEnded = true;
    clearInterval(this.#timer);
    this.#port?.[Symbol.dispose]();
    for (const root of this.#projects.keys()) this.#leave(root);
  }

  #leave(root: string): void {
    const project = this.#projects.get(root);
    project?.listener?.[Symbol.dispose]();
    for (const relay of project?.relays ?? []) relay[Symbol.dispose]();
    this.#projects.delete(root);
  }

  /** Serves what can be served by now. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    if (this.#isEnded) return;
    if (this.#isStale) this.#findRoots();
    for (const root of new Set(this.#roots.values())) {
      const listener = this.#projects.get(root)?.listener;
      if (listener?.isReachable) continue;
      listener?.[Symbol.dispose]();
      if (isFolder(storeFolder(root))) await this.#serve(root);
      else this.#leave(root);
    }
  }

  #findRoots(): void {
    this.#isStale = false;
    try {
      const repositories = this.#deps.repositories().filter(isFolder);
      this.#roots = new Map(repositories.map((repository) => [repository, this.#rootOf(repository)]));
    } catch (thrown) {
      this.#isStale = true;
      this.#warnOnce(`mail: ${systemReason(thrown)}`);
    }
    const roots = new Set(this.#roots.values());
    for (const root of this.#projects.keys()) if (!roots.has(root)) this.#leave(root);
  }

  /** Looking for it costs dozens of system calls, and this is asked whenever the database has changed. */
  #rootOf(repository: string): string {
    const known = this.#roots.get(repository);
    if (known !== undefined && this.#projects.has(known)) return known;
    // The variables of this process say nothing about any project.
    return projectRoot({ env: {}, cwd: repository });
  }

  #open(root: string): Project {
    const mail = new ProjectMail(root, this.#deps);
    const { relay, warn } = this.#deps;
    const peers = relayPeers(relay?.peers ?? [], (peer) =>
      this.#warnOnce(`mail: invalid relay peer ${JSON.stringify(peer)}`),
    );
    return { mail, relays: relay ? peers.map((peer) => new Relay(peer, mail, relay, warn)) : [] };
  }

  async #serve(root: string): Promise<void> {
    const project = this.#projects.get(root) ?? this.#open(root);
    const { mail } = project;
    // On TCP it is there also when its socket cannot be.
    project.listener = undefined;
    this.#projects.set(root, project);
    const path = join(mail.store.folder, SOCKET_NAME);
    try {
      const listener = await listenOnMailSocket(path, this.#socketDoor(mail));
      if (this.#isEnded) listener[Symbol.dispose]();
      else project.listener = listener;
    } catch (thrown) {
      if (thrown instanceof SocketInUse) return; // It may leave; looked at again.
      this.#warnOnce(`mail: failed to listen on ${path}: ${systemReason(thrown)}`);
    }
  }

  #listenOnPort(): void {
    const { tcp } = this.#deps;
    if (tcp === undefined) return;
    const { hostname, port, token } = tcp;
    try {
      this.#port = listenOnMailPort({ hostname, port }, this.#portDoor(token));
    } catch (thrown) {
      this.#warnOnce(`mail: failed to listen on ${hostname}:${port}: ${systemReason(thrown)}`);
    }
  }

  #socketDoor(mail: ProjectMail): MailDoor {
    return {
      isShared: false,
      check() {},
      project(id) {
        if (id === undefined || id === mail.id) return mail;
        throw new RefusedRequest("invalid_project", "project id mismatch");
      },
      failed: (reason) => this.#deps.warn(`mail: request failed: ${reason}`),
    };
  }

  #portDoor(token: string): MailDoor {
    return {
      isShared: true,
      check({ fields }) {
        if (typeof fields.token !== "string" || !isSame(fields.token, token))
          throw new RefusedRequest("invalid_request", "invalid or missing token");
      },
      project: (id) => {
        for (const { mail } of this.#projects.values()) if (mail.id === id) return mail;
        throw new RefusedRequest("invalid_project", "project not found");
      },
      failed: (reason) => this.#deps.warn(`mail: request failed: ${reason}`),
    };
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#deps.warn(text);
  }
}

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
};
