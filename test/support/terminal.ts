import { exitCode, type RunOptions } from "./run.ts";
import { waitFor } from "./wait-for.ts";

export interface TerminalOptions extends Omit<RunOptions, "stdin" | "timeoutMs"> {
  /** 80 when not given. */
  readonly columns?: number | undefined;
  /** 24 when not given. */
  readonly rows?: number | undefined;
}

/** A program that runs on a terminal of its own: standard input, output and error are a real pty. */
export class TerminalRun implements AsyncDisposable {
  #output = "";
  readonly #child: Bun.Subprocess;
  readonly #terminal: Bun.Terminal;
  readonly #decoder = new TextDecoder();
  readonly #closed = Promise.withResolvers<void>();

  constructor(command: readonly string[], options: TerminalOptions) {
    this.#terminal = new Bun.Terminal({
      cols: options.columns ?? 80,
      rows: options.rows ?? 24,
      data: (_terminal, bytes) => {
        this.#output += this.#decoder.decode(bytes, { stream: true });
      },
      exit: () => this.#closed.resolve(),
    });
    this.#child = Bun.spawn([...command], {
      cwd: options.cwd,
      env: { TERM: "xterm-256color", ...options.env },
      terminal: this.#terminal,
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** All that was shown so far, escape sequences included; lines end in `\r\n`, and what is typed is echoed. */
  get output(): string {
    return this.#output;
  }

  type(text: string): void {
    this.#terminal.write(text);
  }

  /** Waits until the text is shown. */
  async shows(text: string): Promise<void> {
    await waitFor(() => this.#output.includes(text), { what: `${JSON.stringify(text)} on the terminal` });
  }

  /** Waits for the end and for the last of the output, and returns the exit code. */
  async ends(): Promise<number> {
    await this.#child.exited;
    // What it has started may keep the terminal open.
    await Promise.race([this.#closed.promise, Bun.sleep(1000)]);
    return exitCode(this.#child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
    this.#terminal.close();
  }
}
