import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type ConfigRequest, type LoadedConfig, loadConfig } from "../../src/config/config.ts";
import { ForgeError } from "../../src/core/errors.ts";

/** A HOME of its own with a working directory `repo` in it; gone when disposed of. */
export class ConfigHome implements Disposable {
  readonly home = realpathSync(mkdtempSync(join(tmpdir(), "forge-config-")));
  readonly repo = join(this.home, "repo");
  /** Where the configuration of a usual HOME lies. */
  readonly file = join(this.home, ".config/forge/config.yaml");

  constructor(yaml?: string) {
    mkdirSync(this.repo);
    if (yaml !== undefined) this.write(this.file, yaml);
  }

  /** A file by absolute path, or relative to HOME. */
  write(path: string, content: string): string {
    const absolute = path.startsWith("/") ? path : join(this.home, path);
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, content);
    return absolute;
  }

  load(env: ConfigRequest["env"] = {}, request: Partial<ConfigRequest> = {}): Promise<LoadedConfig> {
    return loadConfig({ cwd: this.repo, ...request, env: { HOME: this.home, ...env } });
  }

  /** The error of a load that must fail. */
  async failure(env: ConfigRequest["env"] = {}, request: Partial<ConfigRequest> = {}): Promise<ForgeError> {
    const thrown = await this.load(env, request).then(
      () => "no error",
      (error: unknown) => error,
    );
    if (thrown instanceof ForgeError) return thrown;
    throw new Error(`expected a ForgeError, got ${thrown}`);
  }

  [Symbol.dispose](): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
