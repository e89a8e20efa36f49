import { classify, ForgeError } from "./errors.ts";
import { isJsonObject, type JsonObject } from "./json.ts";

/** What is wrong with a file that people write; the reader of the file adds its path. */
export const definitionError = (message: string): ForgeError => new ForgeError(classify(message), message);

/** Reads the fields of a map in a YAML file. One that is absent and one that is null count as one. */
export class DefinitionReader {
  readonly #map: JsonObject;
  readonly #at: string;

  /** `at` names the map in messages: `variables[0].`, empty for the file. Throws `<at> must be a map of keys`. */
  constructor(value: unknown, at = "") {
    if (!isJsonObject(value))
      throw definitionError(`${at.replace(/\.$/, "") || "the file"} must be a map of keys`);
    this.#map = value;
    this.#at = at;
  }

  /** A text; empty when absent. Numbers and truth values, which YAML reads out of plain words, are taken as written. */
  text(key: string): string {
    const value = this.#map[key] ?? "";
    if (typeof value === "object") throw definitionError(`${this.#at}${key} must be a text`);
    return String(value);
  }

  /** False when absent. */
  boolean(key: string): boolean {
    const value = this.#map[key] ?? false;
    if (typeof value !== "boolean") throw definitionError(`${this.#at}${key} must be true or false`);
    return value;
  }

  /** The maps of a list; empty when absent. */
  list(key: string): DefinitionReader[] {
    return this.#elements(key).map(
      (element, index) => new DefinitionReader(element, `${this.#at}${key}[${index}].`),
    );
  }

  /** The texts of a list, trimmed, blank ones left out. */
  texts(key: string): string[] {
    return this.#elements(key)
      .map((element) => {
        if (typeof element === "object") throw definitionError(`${this.#at}${key} must be a list of texts`);
        return String(element).trim();
      })
      .filter((text) => text !== "");
  }

  #elements(key: string): readonly unknown[] {
    const value = this.#map[key] ?? [];
    if (!Array.isArray(value)) throw definitionError(`${this.#at}${key} must be a list`);
    return value;
  }
}
