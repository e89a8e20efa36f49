import { join } from "node:path";

const script = join(import.meta.dir, "worker.ts");

/** One process that runs a task of `worker.ts`. */
export class Worker implements AsyncDisposable {
  readonly ready: Promise<unknown>;
  readonly #child;
  readonly #lines: AsyncIterator<string>;

  constructor(task: string, path: string, args: readonly string[] = []) {
    this.#child = Bun.spawn([process.execPath, script, task, path, ...args], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#lines = lines(this.#child.stdout);
    this.ready = this.answer();
  }

  /** Lets it begin, once it has started. */
  async go(): Promise<void> {
    await this.ready;
    this.#child.stdin.write("go\n");
    this.#child.stdin.flush();
  }

  /** The next line that it prints. Throws what it said on standard error when it ends without. */
  async answer<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`worker failed: ${await this.#child.stderr.text()}`);
    return JSON.parse(value);
  }

  /** As a crash would: nothing is cleaned up. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

/** Runs a task in so many processes, all let go together, and returns their answers. */
export async function runTogether<T>(
  count: number,
  task: string,
  path: string,
  args: (index: number) => readonly string[] = () => [],
): Promise<T[]> {
  const workers = Array.from({ length: count }, (_, index) => new Worker(task, path, args(index)));
  try {
    await Promise.all(workers.map(({ ready }) => ready));
    await Promise.all(workers.map((worker) => worker.go()));
    return await Promise.all(workers.map((worker) => worker.answer<T>()));
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const complete = text.split("\n");
    text = complete.pop() ?? "";
    yield* complete;
  }
}
