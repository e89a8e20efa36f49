import type { Milliseconds } from "../core/duration.ts";
import { classify, ForgeError } from "../core/errors.ts";
import { isJsonObject, type JsonObject, jsonOrText } from "../core/json.ts";
import { networkReason } from "../core/system-error.ts";

/** Speaks JSON-RPC 2.0 with a server of the Model Context Protocol. */
export class McpClient {
  readonly #url: string;
  readonly #timeout: Milliseconds;
  #id = 0;

  constructor(url: string, timeout: Milliseconds) {
    this.#url = url;
    this.#timeout = timeout;
  }

  /** The answer of a tool. Throws `call mcp server: ...` and `mcp error <code>: <message>`. */
  async callTool(name: string, args: JsonObject): Promise<unknown> {
    return contentOf(await this.#call("tools/call", { name, arguments: args }));
  }

  /** What the first content of a resource holds. Throws as `callTool`. */
  async readResource(uri: string): Promise<unknown> {
    return contentOf(await this.#call("resources/read", { uri }));
  }

  async #call(method: string, params: JsonObject): Promise<unknown> {
    const answer = await this.#post({ jsonrpc: "2.0", id: ++this.#id, method, params });
    if (!isJsonObject(answer)) throw callError("the answer is no JSON object");
    const { error, result } = answer;
    if (isJsonObject(error)) throw withClass(`mcp error ${error.code}: ${error.message}`);
    if (isJsonObject(result) && result.isError === true)
      throw withClass(`mcp error: ${String(contentOf(result))}`);
    return result;
  }

  async #post(body: JsonObject): Promise<unknown> {
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.#timeout),
      });
      if (!response.ok) throw callError(`status ${response.status}`);
      return jsonOrText(await response.text());
    } catch (thrown) {
      throw thrown instanceof ForgeError ? thrown : callError(networkReason(thrown));
    }
  }
}

const withClass = (message: string): ForgeError => new ForgeError(classify(message), message);

const callError = (reason: string): ForgeError => withClass(`call mcp server: ${reason}`);

/** A result may be the value itself, its JSON text, or a list of contents of which the first one holds it. */
function contentOf(result: unknown): unknown {
  if (typeof result === "string") return jsonOrText(result);
  const contents = isJsonObject(result) ? (result.content ?? result.contents) : undefined;
  const [first] = Array.isArray(contents) ? contents : [];
  if (!isJsonObject(first)) return result;
  return typeof first.text === "string" ? jsonOrText(first.text) : first.json;
}
