import { bool } from "../forms.ts";
import { readElements } from "./fields.ts";
import type { ListForm } from "./lists.ts";
import { required, unless } from "./problems.ts";

const PROVIDERS = ["anthropic", "openai", "google", "custom"];

/** An element of `accounts`: a login of an earlier generation of Forge. */
export interface ConfigAccount {
  readonly provider: string;
  readonly profileName: string;
  readonly credentialRef: string;
  readonly isActive: boolean;
}

export const accounts: ListForm<ConfigAccount> = {
  read: (raw, at, context) =>
    readElements(raw, at, context, (fields) => ({
      provider: fields.text("provider"),
      profileName: fields.text("profile_name"),
      credentialRef: fields.text("credential_ref"),
      isActive: fields.value("is_active", bool, true),
    })),

  *problems(elements, list) {
    for (const [index, account] of elements.entries()) {
      const at = (field: string) => [...list, index, field];
      yield* required(account.provider, at("provider"));
      yield* required(account.profileName, at("profile_name"));
      yield* required(account.credentialRef, at("credential_ref"));
      yield* unless(
        PROVIDERS.includes(account.provider),
        at("provider"),
        `must be one of ${PROVIDERS.join(", ")}`,
      );
    }
  },

  show: (account) => ({
    provider: account.provider,
    profile_name: account.profileName,
    credential_ref: "***",
    is_active: account.isActive,
  }),
};
