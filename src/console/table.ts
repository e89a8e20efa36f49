const GAP = "  ";

/**
 * Lays out rows under a header: columns padded to the widest cell by display width (wide characters count 2, ANSI codes
 * 0), two spaces between, the last column not padded. Ends with a newline. Cells must be printable already.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) =>
    Math.max(...lines.map((cells) => Bun.stringWidth(cells[column] ?? ""))),
  );
  const pad = (cell: string, column: number) =>
    column === header.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - Bun.stringWidth(cell));
  return lines.map((cells) => `${cells.map(pad).join(GAP)}\n`).join("");
}

/** Two columns without a header, the first one padded: `Label:  value`. */
export function fields(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => Bun.stringWidth(label)));
  return rows
    .map(([label, value]) => `${label}${" ".repeat(width - Bun.stringWidth(label))}${GAP}${value}\n`)
    .join("");
}
