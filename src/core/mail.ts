import { enumParser } from "./enum.ts";

export const RECIPIENT_TYPES = ["agent", "workspace", "broadcast"] as const;

/** Throws `invalid recipient_type: <text>`. */
export const parseRecipientType = enumParser(RECIPIENT_TYPES, (text) => `invalid recipient_type: ${text}`);
