/** Where the line protocol may be served. */
export type Endpoint =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number };

/** Reads `unix:///path`, `tcp://host:port` or `host:port`; undefined for any other text. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const [, path] = /^unix:\/\/(\/.+)$/.exec(text) ?? [];
  if (path !== undefined) return { kind: "unix", path };
  const [, hostname, port] = /^(?:tcp:\/\/)?(\[[^\]]+\]|[^:/\s]+):(\d{1,5})$/.exec(text) ?? [];
  if (hostname === undefined || Number(port) > 65_535) return undefined;
  return { kind: "tcp", hostname: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}
