/** The beginning of a text, at most so many bytes of UTF-8, not ending in the middle of a character. */
export function cutAtBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  return encoded.toString("utf8", 0, end);
}

/** How much of the words of a queue item is shown where it is explained. */
export const CONTENT_LENGTH = 100;

/** The beginning of a text, so many characters long, with `...` behind it where something is missing. */
export function cutText(text: string, length: number): string {
  const characters = [...text];
  return characters.length > length ? `${characters.slice(0, length).join("")}...` : text;
}
