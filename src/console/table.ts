const GAP = "  ";

/**
 * Lays out rows under a header: columns padded to the widest cell by display width (wide characters count 2, ANSI codes
 * 0), two spaces between, the last column not padded. Ends with a newline. Cells must be printable already.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const measured = lines.map((cells) => header.map((_, column) => Bun.stringWidth(cells[column] ?? "")));
  const widths = header.map((_, column) => Math.max(...measured.map((line) => line[column] ?? 0)));
  const last = header.length - 1;
  let text = "";
  lines.forEach((cells, row) => {
    for (let column = 0; column < last; column++) {
      const missing = (widths[column] ?? 0) - (measured[row]?.[column] ?? 0);
      text += (cells[column] ?? "") + " ".repeat(missing) + GAP;
    }
    text += `${cells[last] ?? ""}\n`;
  });
  return text;
}

/** Two columns without a header, the first one padded: `Label:  value`. */
export function fields(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => Bun.stringWidth(label)));
  return rows
    .map(([label, value]) => `${label}${" ".repeat(width - Bun.stringWidth(label))}${GAP}${value}\n`)
    .join("");
}
