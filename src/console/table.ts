import { allText, isPlain } from "./printable.ts";

const GAP = "  ";

/**
 * Lays out rows under a header: columns padded to the widest cell by display width (wide characters count 2, ANSI codes
 * 0), two spaces between, the last column not padded. Ends with a newline. Cells must be printable already.
 */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows];
  const last = header.length - 1;
  return isPlain(allText(lines)) ? plainTable(lines, last) : measuredTable(lines, last);
}

/** Where the width of a cell is its length. Loops without calls: code that runs once is slow at calling. */
function plainTable(lines: readonly (readonly string[])[], last: number): string {
  const widths = new Array<number>(last).fill(0);
  for (const cells of lines) {
    for (let column = 0; column < last; column++) {
      const { length } = cells[column] ?? "";
      if (length > (widths[column] ?? 0)) widths[column] = length;
    }
  }
  let text = "";
  for (const cells of lines) {
    for (let column = 0; column < last; column++)
      text += (cells[column] ?? "").padEnd(widths[column] ?? 0) + GAP;
    text += `${cells[last] ?? ""}\n`;
  }
  return text;
}

function measuredTable(lines: readonly (readonly string[])[], last: number): string {
  const measured = lines.map((cells) => cells.map((cell) => Bun.stringWidth(cell)));
  const columns = Array.from({ length: last }, (_, column) => column);
  const widths = columns.map((column) => Math.max(...measured.map((line) => line[column] ?? 0)));
  return lines
    .map((cells, row) => {
      const padded = columns.map((column) => {
        const missing = (widths[column] ?? 0) - (measured[row]?.[column] ?? 0);
        return (cells[column] ?? "") + " ".repeat(missing) + GAP;
      });
      return `${padded.join("")}${cells[last] ?? ""}\n`;
    })
    .join("");
}

/** Two columns without a header, the first one padded: `Label:  value`. */
export function fields(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...rows.map(([label]) => Bun.stringWidth(label)));
  return rows
    .map(([label, value]) => `${label}${" ".repeat(width - Bun.stringWidth(label))}${GAP}${value}\n`)
    .join("");
}
