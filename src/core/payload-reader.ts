import { invalid } from "./errors.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

/** Reads the fields of a JSON payload that anyone may have written. An absent field and one that is null count as one. */
export class PayloadReader {
  readonly #object: JsonObject;
  readonly #refuse: (reason: string) => Error;

  /** Throws `invalid <name> payload: <reason>` for text that is not a JSON object; the fields throw alike. */
  constructor(name: string, json: string) {
    this.#refuse = (reason) => invalid(`invalid ${name} payload: ${reason}`);
    const value = this.#parse(json);
    if (!isJsonObject(value)) throw this.#refuse("must be a JSON object");
    this.#object = value;
  }

  /** A text; empty when absent. */
  text(key: string): string {
    const value = this.#object[key] ?? "";
    if (typeof value !== "string") throw this.#refuse(`${key} must be a string`);
    return value;
  }

  /** A whole number; 0 when absent. */
  integer(key: string): number {
    const value = this.#object[key] ?? 0;
    if (typeof value !== "number" || !Number.isSafeInteger(value))
      throw this.#refuse(`${key} must be an integer`);
    return value;
  }

  /** A truth value; false when absent. */
  boolean(key: string): boolean {
    const value = this.#object[key] ?? false;
    if (typeof value !== "boolean") throw this.#refuse(`${key} must be a boolean`);
    return value;
  }

  #parse(json: string): unknown {
    try {
      return JSON.parse(json);
    } catch (thrown) {
      throw this.#refuse(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
}
