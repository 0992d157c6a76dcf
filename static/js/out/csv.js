/** Wire floor. What is in sight as CSV (RFC 4180): one row for each bar, and nothing that a spreadsheet would run. */

const FIELDS = ["open", "high", "low", "close", "volume"];

/** What a spreadsheet takes for the begin of a formula; also as wide signs, which some read alike. */
const RISKY = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** Return one cell: a number as it is, a text that can't be taken for a formula, nothing for what isn't known. */
export function cell(value) {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  if (value === null || value === undefined) return "";
  const text = RISKY.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Return names of which none is there twice: EMA 20, EMA 20 (2). */
export function distinct(names) {
  const counts = new Map();
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count > 1 ? `${name} (${count})` : name;
  });
}

const row = (cells) => `${cells.map(cell).join(",")}\r\n`;

/** Return the text of a file. @param {import("./sight.js").Sight} sight */
export function csvOf({ bars, studies, compare }) {
  const columns = [
    ...studies.flatMap(({ lines }) => lines.map(({ name, values }) => ({ name, values }))),
    ...compare.map(({ symbol, closes }) => ({ name: symbol, values: closes })),
  ];
  const head = distinct(["time", ...FIELDS, "source", ...columns.map(({ name }) => name)]);
  const rows = bars.map((bar, place) => row([
    new Date(bar.time).toISOString(), ...FIELDS.map((field) => bar[field]), bar.source, ...columns.map(({ values }) => values[place]),
  ]));
  return row(head) + rows.join("");
}
