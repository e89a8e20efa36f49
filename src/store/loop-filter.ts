import type { LoopFilter } from "../core/selector.ts";

/** A `LoopFilter` as one condition on the columns of `loops`, always the same text so that it is prepared only once. */
export const MATCHES_LOOP_FILTER = `
  ($repoPath IS NULL OR loops.repo_path = $repoPath)
  AND ($poolId IS NULL OR loops.pool_id = $poolId)
  AND ($profileId IS NULL OR loops.profile_id = $profileId)
  AND ($state IS NULL OR loops.state = $state)
  AND ($tag IS NULL OR EXISTS (
    SELECT 1 FROM json_each(CASE WHEN json_valid(loops.tags_json) THEN loops.tags_json ELSE '[]' END) AS tag
    WHERE tag.value = $tag
  ))`;

export type LoopFilterParameters = Record<
  "repoPath" | "poolId" | "profileId" | "state" | "tag",
  string | null
>;

export const loopFilterParameters = (filter: LoopFilter): LoopFilterParameters => ({
  repoPath: filter.repoPath || null,
  poolId: filter.poolId || null,
  profileId: filter.profileId || null,
  state: filter.state || null,
  tag: filter.tag || null,
});
