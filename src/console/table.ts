import { allText, isPlain } from "./printable.ts";

const GAP = "  ";

/**
 * Lays out rows under a header: columns padded to the widest cell by display width (wide characters count 2, ANSI codes
 * 0), two spaces between, the last column not padded. Ends with a newline. Cells must be printable already.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  // Measuring each cell would be most of the work.
  const widthOf = isPlain(allText(lines))
    ? (cell: string) => cell.length
    : (cell: string) => Bun.stringWidth(cell);
  const last = header.length - 1;
  let columns = lines.map((cells) => cells[last] ?? "");
  for (let column = last - 1; column >= 0; column--) {
    const cells = lines.map((line) => line[column] ?? "");
    const widths = cells.map(widthOf);
    const widest = Math.max(...widths);
    columns = columns.map(
      (rest, row) => (cells[row] ?? "") + " ".repeat(widest - (widths[row] ?? 0)) + GAP + rest,
    );
  }
  return `${columns.join("\n")}\n`;
}

/** Two columns without a header, the first one padded: `Label:  value`. */
export function fields(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => Bun.stringWidth(label)));
  return rows
    .map(([label, value]) => `${label}${" ".repeat(width - Bun.stringWidth(label))}${GAP}${value}\n`)
    .join("");
}
