/** The keys of a value's JSON form, in the order in which they are printed. */
export const jsonKeys = (value: unknown): string[] => Object.keys(JSON.parse(JSON.stringify(value)));
