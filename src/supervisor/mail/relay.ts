import { hostname } from "node:os";
import { join } from "node:path";
import type { Milliseconds } from "../../core/duration.ts";
import { jsonText } from "../../mail/rules/json-text.ts";
import { idTime, isMessageId, secondOf } from "../../mail/rules/message-id.ts";
import { makeInnerFolder } from "../../mail/store/folders.ts";
import { readRegularFile } from "../../mail/store/read-file.ts";
import { replaceFile } from "../../mail/store/write-file.ts";
import { readServerLine, type ServerLine } from "../../mail/wire/answers.ts";
import { type Endpoint, parseEndpoint } from "../../mail/wire/endpoint.ts";
import { LineClient } from "../../mail/wire/line-client.ts";
import type { ProjectMail } from "./project-mail.ts";

export interface RelaySettings {
  readonly peers: readonly string[];
  readonly dialTimeout: Milliseconds;
  readonly reconnectInterval: Milliseconds;
  /** What peers on TCP want to see; empty for nothing. */
  readonly token: string;
}

const ACK_MS: Milliseconds = 5_000;
/** A peer pings every 15 s. */
const SILENCE_MS: Milliseconds = 45_000;
/** A message may come so long after others with higher ids: it is asked for again, and known when it was there. */
const OVERLAP_MS: Milliseconds = 600_000;
/** How often it is written down how far a peer was read. */
const REMEMBER_EVERY_MS: Milliseconds = 1_000;

/** Peers as they are configured, each once; blank ones are none. `refuse` is told of those that are no address. */
export function relayPeers(typed: readonly string[], refuse: (peer: string) => void): Endpoint[] {
  const peers = new Set(typed.map((peer) => peer.trim()).filter((peer) => peer !== ""));
  return [...peers].flatMap((peer) => {
    const endpoint = parseEndpoint(peer);
    if (endpoint === undefined) refuse(peer);
    return endpoint ?? [];
  });
}

/** Takes over what appears in one project on another host (spec/50 section 11), as long as it lives. */
export class Relay implements Disposable {
  #client: LineClient | undefined;
  #isEnded = false;
  readonly #ended = Promise.withResolvers<void>();
  #lastId: string | undefined;
  #rememberedAt = 0;
  #complained = "";

  constructor(
    private readonly peer: Endpoint,
    private readonly project: ProjectMail,
    private readonly settings: RelaySettings,
    private readonly warn: (text: string) => void,
  ) {
    void this.#run();
  }

  [Symbol.dispose](): void {
    if (!this.#isEnded) this.#remember();
    this.#isEnded = true;
    this.#ended.resolve();
    this.#client?.[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    this.#lastId = this.#rememberedId();
    while (!this.#isEnded) {
      try {
        await this.#takeOver();
      } catch (thrown) {
        this.#complain(thrown instanceof Error ? thrown.message : String(thrown));
      }
      if (this.#isEnded) return;
      this.#remember();
      // Not kept by the event loop, and over at once when the relay is.
      const pause = Promise.withResolvers<void>();
      const timer = setTimeout(pause.resolve, this.settings.reconnectInterval);
      await Promise.race([pause.promise, this.#ended.promise]);
      clearTimeout(timer);
    }
  }

  /** One connection, from its start to its end. */
  async #takeOver(): Promise<void> {
    const client = await LineClient.connect(this.peer, this.settings.dialTimeout);
    if (client === undefined) return;
    using connection = client;
    this.#client = connection;
    connection.write(this.#request());
    let answer = await read(connection, ACK_MS);
    while (answer !== undefined && !this.#isEnded) {
      if (answer.kind === "failure") throw new Error(answer.failure?.message ?? "unknown error");
      if (answer.kind === "message") {
        const { message, target } = answer;
        await this.project.takeOver(message, target).catch((thrown) => this.#complain(String(thrown)));
        if (message.id > (this.#lastId ?? "")) this.#lastId = message.id;
        if (performance.now() - this.#rememberedAt > REMEMBER_EVERY_MS) this.#remember();
      }
      answer = await read(connection, SILENCE_MS);
    }
  }

  #request(): string {
    const { settings, project, peer } = this;
    const { token } = settings;
    const since = this.#lastId && `${secondOf((idTime(this.#lastId) ?? 0) - OVERLAP_MS)}-0000`;
    const fields = new Map<string, string>([
      ["cmd", "relay"],
      ["project_id", project.id],
      ["agent", relayName(hostname())],
      ["host", hostname()],
      ["req_id", `relay-${project.store.now() * 1_000_000}`],
      ...(since ? [["since", since] as const] : []),
      ...(peer.kind === "tcp" && token !== "" ? [["token", token] as const] : []),
    ]);
    return `${jsonText(fields, 0)}\n`;
  }

  /** Each trouble once, until there is another. */
  #complain(reason: string): void {
    if (reason === this.#complained || this.#isEnded) return;
    this.#complained = reason;
    this.warn(`mail: relay from ${peerText(this.peer)} for ${this.project.root}: ${reason}`);
  }

  get #cursorPath(): string {
    const name = new Bun.CryptoHasher("sha256").update(peerText(this.peer)).digest("hex").slice(0, 12);
    return join(this.project.store.folder, ".relay", `${name}.json`);
  }

  #rememberedId(): string | undefined {
    try {
      const id = readRegularFile(this.#cursorPath)?.text.trim() ?? "";
      return isMessageId(id) ? id : undefined;
    } catch {
      return undefined; // all of it comes again, and is known
    }
  }

  #remember(): void {
    this.#rememberedAt = performance.now();
    if (this.#lastId === undefined || this.#lastId === this.#rememberedId()) return;
    const { store } = this.project;
    try {
      makeInnerFolder(store, join(store.folder, ".relay"), "private");
      replaceFile(store, this.#cursorPath, this.#lastId, 0o600);
    } catch (thrown) {
      this.#complain(String(thrown));
    }
  }
}

async function read(client: LineClient, withinMs: Milliseconds): Promise<ServerLine | undefined> {
  const line = await client.next(withinMs);
  return line === undefined ? undefined : readServerLine(line);
}

const peerText = (peer: Endpoint): string =>
  peer.kind === "unix" ? `unix://${peer.path}` : `${peer.hostname}:${peer.port}`;

/** `relay-<host>`, the host as a legal name of an agent. */
export function relayName(host: string): string {
  const name = host
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return name === "" ? "relay" : `relay-${name}`;
}
