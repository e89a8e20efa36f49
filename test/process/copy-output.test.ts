import { expect, test } from "bun:test";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import { OutputCopier } from "../../src/process/copy-output.ts";
import { Sandbox } from "../support/sandbox.ts";

class Copying extends Sandbox {
  readonly source = join(this.folder, "source");
  readonly target = join(this.folder, "target");
  #file: FileHandle | undefined;

  async copier(from = 0): Promise<OutputCopier> {
    const file = await open(this.target, "a");
    this.#file = file;
    return new OutputCopier(this.source, async (bytes) => void (await file.write(bytes)), from);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    await super[Symbol.asyncDispose]();
  }
}

test("what grows is copied with each call, byte for byte", async () => {
  await using copying = new Copying();
  const bytes = Buffer.from([0, 255, 254, 10, 13, 195]);
  writeFileSync(copying.source, bytes);
  const copier = await copying.copier();
  await copier.copy();
  appendFileSync(copying.source, "more");
  await copier.copy();
  expect(readFileSync(copying.target)).toEqual(Buffer.concat([bytes, Buffer.from("more")]));
  expect(copier.position).toBe(10);
  await copier.close();
});

test("a copier that takes over goes on behind what was copied", async () => {
  await using copying = new Copying();
  writeFileSync(copying.source, "copied already, new");
  const copier = await copying.copier("copied already, ".length);
  await copier.copy();
  await copier.close();
  expect(readFileSync(copying.target, "utf8")).toBe("new");
});

test("calls while a copy is under way join it and copy nothing twice", async () => {
  await using copying = new Copying();
  const bytes = crypto.getRandomValues(new Uint8Array(5_000)).toString().repeat(200);
  writeFileSync(copying.source, bytes);
  const copier = await copying.copier();
  await Promise.all([copier.copy(), copier.copy(), copier.copy()]);
  await copier.close();
  expect(readFileSync(copying.target, "utf8") === bytes).toBe(true);
});

test("a target that cannot take the bytes ends the copy, and a later call goes on where it stopped", async () => {
  await using copying = new Copying();
  writeFileSync(copying.source, "abc");
  let full = true;
  const taken: string[] = [];
  const copier = new OutputCopier(copying.source, async (bytes) => {
    if (full) throw new Error("no space left on device");
    taken.push(Buffer.from(bytes).toString());
  });
  expect(copier.copy()).rejects.toThrow("no space");
  full = false;
  await copier.copy();
  await copier.close();
  expect(taken).toEqual(["abc"]);
});
