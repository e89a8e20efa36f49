import type { ToldQuota } from "../../core/quota.ts";
import { toldQuota } from "../../harness/outcome/told-quota.ts";
import type { RunGuard } from "./run-guards.ts";

/** Passes on what a run tells of its account's limits when that has changed: a run may go on for hours. It never ends one. */
export function quotaWatch(onChange: (quota: readonly ToldQuota[]) => Promise<void>): RunGuard {
  let known = "[]";
  return {
    look: async ({ signs }) => {
      const quota = toldQuota(signs.limits);
      const told = JSON.stringify(quota);
      if (told !== known) {
        known = told;
        await onChange(quota);
      }
      return {};
    },
  };
}
