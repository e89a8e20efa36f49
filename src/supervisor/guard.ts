import { HttpError } from "./http.ts";

export interface TcpAddress {
  readonly hostname: string;
  readonly port: number;
}

/** Addresses that mean every interface: clients know the machine by another name. */
const EVERY_INTERFACE = new Set(["", "0.0.0.0", "::"]);

/**
 * Lets only those in over TCP that know the token and mean this address: a page in a browser could send requests here under
 * a name of its own. Throws 401.
 */
export function checkAccess(request: Request, address: TcpAddress, token: string): void {
  const host = request.headers.get("host") ?? "";
  if (!isHostOf(host, address)) throw new HttpError(401, `invalid Host ${JSON.stringify(host)}`);
  const [, given] = /^Bearer (.*)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  if (given === undefined || !isSame(given, token)) throw new HttpError(401, "invalid or missing token");
}

function isHostOf(host: string, { hostname, port }: TcpAddress): boolean {
  if (EVERY_INTERFACE.has(hostname)) return host.endsWith(`:${port}`);
  const name = hostname.includes(":") ? `[${hostname}]` : hostname;
  return host.toLowerCase() === `${name}:${port}`.toLowerCase();
}

/** Takes the same time wherever the texts differ: their hashes are compared, to the last byte. */
export function isSame(a: string, b: string): boolean {
  const expected = sha256(b);
  let difference = 0;
  sha256(a).forEach((byte, index) => {
    difference |= byte ^ (expected[index] ?? 0);
  });
  return difference === 0;
}

const sha256 = (text: string): Uint8Array => new Bun.CryptoHasher("sha256").update(text).digest();
