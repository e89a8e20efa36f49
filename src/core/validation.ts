import { ForgeError } from "./errors.ts";

/** What is wrong with one field; an empty field means the value as a whole. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** Everything that is wrong with a value, in the order in which it was found (spec/40 section 5). */
export class ValidationErrors {
  readonly #problems: FieldProblem[] = [];

  /** Adds a problem, or those of a nested value as `field.nested`. An empty message is ignored. */
  add(field: string, problem: string | ValidationErrors): this {
    if (typeof problem !== "string") {
      for (const { field: nested, message } of problem.errors) this.add(joinPath(field, nested), message);
    } else if (problem !== "") {
      this.#problems.push({ field, message: problem });
    }
    return this;
  }

  /** Adds the problem unless the condition holds. */
  check(holds: boolean, field: string, message: string): this {
    return holds ? this : this.add(field, message);
  }

  /** Adds the problem when the text is blank or absent. */
  require(text: string | undefined, field: string, message: string): this {
    return this.check(!isBlank(text), field, message);
  }

  get errors(): readonly FieldProblem[] {
    return this.#problems;
  }

  get length(): number {
    return this.#problems.length;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  /** `name: must not be empty; port: must be > 0`; empty text when nothing is wrong. */
  toString(): string {
    return this.#problems.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join("; ");
  }

  toJSON(): { errors: readonly FieldProblem[] } {
    return { errors: this.errors };
  }

  /** One error that tells all problems; `entity` puts `invalid <entity>: ` before them. */
  toForgeError(entity?: string): ForgeError {
    const text = this.isEmpty ? "validation failed" : this.toString();
    return new ForgeError("invalid", entity === undefined ? text : `invalid ${entity}: ${text}`, {
      details: { errors: this.errors },
    });
  }

  /** Throws `toForgeError(entity)` unless nothing is wrong. */
  throwIfAny(entity?: string): void {
    if (!this.isEmpty) throw this.toForgeError(entity);
  }
}

/** Whether a text holds nothing but white space. */
export const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === "";

const joinPath = (outer: string, inner: string): string =>
  [outer, inner].filter((part) => part !== "").join(".");
