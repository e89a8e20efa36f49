import { printable } from "../console/printable.ts";
import { table } from "../console/table.ts";
import { costFigure } from "../core/outcome.ts";
import { formatCount } from "../core/rough-count.ts";
import { type CostReport, costRowJson, type SpendFigures } from "../core/spend.ts";

/** A key that is not known, such as the pool of a loop without one. */
const UNKNOWN = "-";

const FOOTER =
  "Costs are what the agent CLIs report (with a subscription: no invoice); ~ holds estimates by list prices.";

/** Costs as `forge cost` shows them to people (spec/15 section 5.5). */
export function costTable({ by, rows, total }: CostReport): string {
  const header = [by.toUpperCase(), "RUNS", "INPUT", "OUTPUT", "CACHE", "COST"];
  const lines = rows.map((row) => [printable(row.name) || UNKNOWN, ...figureCells(row)]);
  return `${table(header, [...lines, ["TOTAL", ...figureCells(total)]])}\n${FOOTER}\n`;
}

const figureCells = (figures: SpendFigures): string[] => [
  String(figures.runs),
  formatCount(figures.inputTokens),
  formatCount(figures.outputTokens),
  formatCount(figures.cacheReadTokens + figures.cacheWriteTokens),
  figures.costMicros === 0 ? UNKNOWN : costFigure(figures.costMicros, figures.estimatedMicros > 0),
];

const COLUMNS = [
  ...["key", "name", "runs", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens"],
  ...["cost_usd", "estimated_usd", "wall_seconds"],
] as const;

/** The rows as comma-separated values (RFC 4180, lines end with LF). */
export const costCsv = ({ rows }: CostReport): string =>
  [
    COLUMNS.join(","),
    ...rows.map((row) => {
      const values = costRowJson(row);
      return COLUMNS.map((column) => csvCell(String(values[column]))).join(",");
    }),
    "",
  ].join("\n");

const csvCell = (text: string): string => {
  const shown = printable(text);
  return /[",]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
};
