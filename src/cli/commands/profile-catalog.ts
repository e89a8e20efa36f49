import { readCatalogFile, writeCatalogFile } from "../../config/catalog-file.ts";
import { profileCatalogPath } from "../../config/paths.ts";
import { printable } from "../../console/printable.ts";
import { table } from "../../console/table.ts";
import { ForgeError, invalid } from "../../core/errors.ts";
import { shownHarness } from "../../core/profile.ts";
import {
  type CatalogNode,
  catalogJson,
  catalogNodeJson,
  countInState,
  EMPTY_CATALOG,
  type ProfileCatalog,
  parseAuthState,
  parseHarnessCount,
  provisionNode,
  setAuthState,
} from "../../core/profile-catalog.ts";
import { lockForChange } from "../../process/file-lock.ts";
import { listProfiles } from "../../store/profiles.ts";
import type { Invocation, Run } from "../invocation.ts";
import type { catalogAuthFlags, catalogInitFlags } from "../registry/profile-catalog.ts";
import { lookUp } from "../store-access.ts";

export const status: Run<Record<never, never>> = ({ config, out }) => {
  const catalog = readCatalogFile(profileCatalogPath(config));
  if (out.isJson) return out.json(catalogJson(catalog ?? EMPTY_CATALOG));
  if (!catalog) return out.line("No profile catalog configured");
  const counts = [...catalog.counts].map(([harness, count]) => `- ${printable(harness)}: ${count}\n`);
  out.write(`Harness Counts\n${counts.join("")}\nNode Profile Auth Status\n`);
  if (catalog.nodes.size === 0) return out.line("(no nodes provisioned)");
  out.write(table(["NODE", "TOTAL", "OK", "EXPIRED", "MISSING"], [...catalog.nodes.values()].map(nodeRow)));
};

const nodeRow = (node: CatalogNode): string[] => [
  printable(node.nodeId),
  String(node.profiles.length),
  ...(["ok", "expired", "missing"] as const).map((state) => String(countInState(node, state))),
];

export const init: Run<typeof catalogInitFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  const nodeId = required("node", flags.node);
  const given = new Map(flags.count.map(parseHarnessCount));
  const counts = given.size > 0 ? given : localCounts(invocation);
  if (counts.size === 0)
    throw new ForgeError("unknown", "no harness counts provided and no local profiles to derive from");
  const node = await change(invocation, (catalog) => provisionNode(catalog, nodeId, counts, world.now()));
  out.done(
    `Provisioned node ${printable(nodeId)} with ${node.profiles.length} catalog profiles`,
    catalogNodeJson(node),
  );
};

export const auth: Run<typeof catalogAuthFlags> = async (invocation) => {
  const { flags, world, out } = invocation;
  const nodeId = required("node", flags.node);
  const profileId = required("profile", flags.profile);
  const state = parseAuthState(required("status", flags.status));
  const node = await change(invocation, (catalog) =>
    setAuthState(catalog, { nodeId, profileId, state }, world.now()),
  );
  out.done(`Updated ${printable(profileId)} on ${printable(nodeId)}`, catalogNodeJson(node));
};

function required(flag: string, value: string | undefined): string {
  const text = value?.trim();
  if (!text) throw invalid(`--${flag} is required`);
  return text;
}

/** How many profiles of each harness there are here. */
function localCounts(invocation: Invocation<typeof catalogInitFlags>): Map<string, number> {
  const profiles = lookUp(invocation, listProfiles);
  const byHarness = Map.groupBy(profiles, ({ harness }) => shownHarness(harness));
  return new Map([...byHarness].map(([harness, some]) => [harness, some.length]));
}

/** Changes the file as its only writer. */
async function change(
  { config }: Pick<Invocation, "config">,
  apply: (catalog: ProfileCatalog) => { catalog: ProfileCatalog; node: CatalogNode },
): Promise<CatalogNode> {
  const path = profileCatalogPath(config);
  using _lock = await lockForChange(`${path}.lock`);
  const { catalog, node } = apply(readCatalogFile(path) ?? EMPTY_CATALOG);
  writeCatalogFile(path, catalog);
  return node;
}
