import { ForgeError, invalid, toForgeError } from "../core/errors.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";

/** Larger bodies are refused (spec/10 section 16). */
const LARGEST_BODY_BYTES = 1024 * 1024;

/** An error with a status that its kind does not tell. */
export class HttpError extends ForgeError {
  constructor(
    readonly status: 401 | 413,
    message: string,
  ) {
    super(status === 413 ? "invalid" : "operation", message);
  }
}

/** An error as it is answered: the envelope of spec/20 section 3. */
export function errorResponse(thrown: unknown): Response {
  const error = toForgeError(thrown);
  const { code, message, hint, details } = error;
  const status = error instanceof HttpError ? error.status : statusOf(error);
  return Response.json(
    { error: { code, message, ...(hint && { hint }), ...(details && { details }) } },
    { status },
  );
}

function statusOf({ kind }: ForgeError): number {
  switch (kind) {
    case "not_found":
      return 404;
    case "exists":
      return 409;
    case "operation":
    case "preflight":
      return 503;
    case "invalid":
    case "invalid_flag":
    case "ambiguous":
      return 400;
    case "unknown":
      return 500;
    default:
      return kind satisfies never;
  }
}

/** The JSON object in a request's body; an empty body is an empty object. Throws 400 and 413. */
export async function readBody(request: Request): Promise<JsonObject> {
  const text = new TextDecoder().decode(await readBytes(request));
  if (text.trim() === "") return {};
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalid("invalid request body: not JSON");
  }
  if (!isJsonObject(body)) throw invalid("invalid request body: must be a JSON object");
  return body;
}

async function readBytes(request: Request): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = Number(request.headers.get("content-length") ?? 0);
  if (size > LARGEST_BODY_BYTES) throw tooLarge();
  size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const tooLarge = () => new HttpError(413, `request body must be at most ${LARGEST_BODY_BYTES} bytes`);

/** What a body may hold under a key. All throw `invalid <key>: ...`; a key that is absent has its default. */
export const fields = (body: JsonObject) => ({
  boolean: (key: string, absent: boolean): boolean => {
    const value = body[key] ?? absent;
    if (typeof value !== "boolean") throw invalid(`invalid ${key}: must be true or false`);
    return value;
  },
  wholeNumber: (key: string, absent: number): number => {
    const value = body[key] ?? absent;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
      throw invalid(`invalid ${key}: must be a whole number >= 0`);
    return value;
  },
  oneOf: <T extends string>(key: string, words: readonly T[]): T => {
    const found = words.find((word) => word === body[key]);
    if (found === undefined) throw invalid(`invalid ${key}: must be one of ${words.join(", ")}`);
    return found;
  },
  texts: (key: string): readonly string[] | undefined => {
    const value = body[key] ?? undefined;
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((element) => typeof element === "string"))
      throw invalid(`invalid ${key}: must be a list of ids`);
    return value;
  },
});
