/** The file of a message by another writer: its place in the store, relative, and its text. */
export function foreignMessage(
  box: string,
  id: string,
  fields: Record<string, unknown> = {},
): [path: string, text: string] {
  const time = id.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d).*$/, "$1-$2-$3T$4:$5:$6Z");
  const to = box.startsWith("dm/") ? `@${box.slice(3)}` : box.replace("topics/", "");
  return [
    `${box}/${id}.json`,
    JSON.stringify({ id, from: "bob", to, time, body: `body of ${id}`, ...fields }),
  ];
}
