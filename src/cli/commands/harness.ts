import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { HARNESSES, type Harness, storedHarness } from "../../core/profile.ts";
import { adapterFor } from "../../harness/adapters/adapters.ts";
import { listProfiles } from "../../store/profiles.ts";
import { harnessBinary, harnessVersion } from "../harness-version.ts";
import type { Run } from "../invocation.ts";
import { openStore } from "../store-access.ts";

interface ListedHarness {
  readonly harness: Harness;
  /** Absolute; undefined when no program of it is on the PATH. */
  readonly binary: string | undefined;
  readonly version: string | undefined;
  readonly profiles: number;
  readonly adapter: string;
}

export const ls: Run<Record<never, never>> = async (invocation) => {
  const { world, out } = invocation;
  const profiles = listProfiles(openStore(invocation, "read"));
  const listed = await Promise.all(
    HARNESSES.map(async (harness): Promise<ListedHarness> => {
      const binary = harnessBinary(harness, world);
      return {
        harness,
        binary,
        version: binary && (await harnessVersion(binary, world.env)),
        profiles: profiles.filter((profile) => profile.harness === storedHarness(harness)).length,
        adapter: adapterFor(harness).name,
      };
    }),
  );
  if (out.isJson) return out.jsonList(listed);
  const rows = listed.map(({ harness, binary = "-", version = "-", profiles, adapter }) => [
    harness,
    printable(binary),
    printable(version),
    String(profiles),
    adapter,
  ]);
  out.write(table(["HARNESS", "BINARY", "VERSION", "PROFILES", "ADAPTER"], rows));
};
