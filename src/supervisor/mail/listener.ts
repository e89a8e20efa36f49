import { lstatSync, renameSync, rmSync } from "node:fs";
import type { TcpAddress } from "../guard.ts";
import { MailConnection, type MailDoor } from "./connection.ts";

const NOT_FOR_OTHERS = 0o177;
/** How long somebody who listens at a socket already may take to accept. */
const PROBE_MS = 200;

/** Somebody else serves this socket: their clients must not be taken away. */
export class SocketInUse extends Error {}

export interface MailListener extends Disposable {
  /** Whether clients still find it. */
  readonly isReachable: boolean;
}

/**
 * Serves the line protocol at a unix socket that only this user can open. What an ended supervisor has left there is removed.
 * Throws `SocketInUse`, and what the system says.
 */
export async function listenOnMailSocket(path: string, door: MailDoor): Promise<MailListener> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) {
    if (await isServed(path)) throw new SocketInUse(`${path} is served by another process`);
    rmSync(path, { force: true });
  }
  const usual = process.umask(NOT_FOR_OTHERS);
  try {
    const server = Bun.listen<MailConnection>({ unix: path, ...handlers(door) });
    const own = identityOf(path);
    return {
      get isReachable() {
        return identityOf(path) === own;
      },
      [Symbol.dispose]: () => withoutHarm(path, own, () => server.stop(true)),
    };
  } finally {
    process.umask(usual);
  }
}

/** Serves it on TCP; the door has to know its visitors. Throws what the system says. */
export function listenOnMailPort({ hostname, port }: TcpAddress, door: MailDoor): MailListener {
  const server = Bun.listen<MailConnection>({ hostname, port, ...handlers(door) });
  return { isReachable: true, [Symbol.dispose]: () => server.stop(true) };
}

const handlers = (door: MailDoor) => ({
  // A client that has said all it has to say still wants its answer.
  allowHalfOpen: true,
  socket: {
    open(socket: Bun.Socket<MailConnection>) {
      socket.data = new MailConnection(door, socket, () => socket.terminate());
    },
    data: (socket: Bun.Socket<MailConnection>, bytes: Buffer) => socket.data.received(bytes),
    drain: (socket: Bun.Socket<MailConnection>) => socket.data.drained(),
    end: (socket: Bun.Socket<MailConnection>) => socket.data.heardAll(),
    close: (socket: Bun.Socket<MailConnection>) => socket.data.closed(),
    error() {
      // Followed by `close`.
    },
  },
});

async function isServed(path: string): Promise<boolean> {
  const connecting = Bun.connect({ unix: path, socket: { data() {} } }).then(
    (socket) => {
      socket.terminate();
      return true;
    },
    () => false,
  );
  // Who does not even accept is there all the same.
  return Promise.race([connecting, Bun.sleep(PROBE_MS).then(() => true)]);
}

/** The runtime removes what is at the path when it stops to listen, also when that is somebody else's socket by now. */
function withoutHarm(path: string, own: string | undefined, stop: () => void): void {
  const found = identityOf(path);
  const isForeign = found !== undefined && found !== own;
  const aside = `${path}.${process.pid}.tmp`;
  if (isForeign) renameSync(path, aside);
  stop();
  if (isForeign) renameSync(aside, path);
}

function identityOf(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}
