/** Wire floor. The columns of the watchlist: what there is, which are chosen, and where each has its place. */

/**
 * `width` in pixels; `under`: may stand on the second line, below another; `tall`: takes both lines.
 * @type {Record<string, {label: string, title: string, width: number, under?: boolean, tall?: boolean, sorts?: false}>}
 */
export const COLUMNS = {
  last: { label: "Last", title: "Last price", width: 82 },
  difference: { label: "Change", title: "Change", width: 78 },
  change: { label: "%", title: "Change in percent", width: 72 },
  trend: { label: "Trend", title: "Trend of 24 hours", width: 56, tall: true, sorts: false },
  age: { label: "Age", title: "Age of the price", width: 50 },
  bid: { label: "Bid", title: "Bid", width: 82, under: true },
  ask: { label: "Ask", title: "Ask", width: 72, under: true },
  spread: { label: "Spread", title: "Spread", width: 66, under: true },
  high: { label: "High", title: "High of 24 hours", width: 78, under: true },
  low: { label: "Low", title: "Low of 24 hours", width: 78, under: true },
  volume: { label: "Volume", title: "Volume of 24 hours", width: 56, under: true },
  venue: { label: "Venue", title: "Venue", width: 110, under: true },
};

export const DEFAULT_COLUMNS = ["last", "change", "trend", "age", "bid", "ask", "volume"];

/** The width that the names are to have, and at least. */
const NAME = { usual: 88, least: 64 };
/** What is left of the widths where the names would have less than usual. */
const TIGHT = 0.9;

const isColumn = (column) => typeof column === "string" && Object.hasOwn(COLUMNS, column);

/** Tell whether rows can be sorted by a column, whatever it is that says so: by the symbol always. */
export function isSortable(column) {
  return column === "symbol" || (isColumn(column) && COLUMNS[column].sorts !== false);
}

/** Return the columns that exist, each once, in their order; the usual ones when none is left. */
export function cleanColumns(columns) {
  const known = [...new Set(columns)].filter(isColumn);
  return known.length ? known : [...DEFAULT_COLUMNS];
}

/** Return every column, the chosen ones first in their order. */
export function allColumns(chosen) {
  return [...chosen, ...Object.keys(COLUMNS).filter((column) => !chosen.includes(column))];
}

/** Return the columns with one taken in at the end or taken out; the last one stays. */
export function toggled(columns, column) {
  if (!columns.includes(column)) return [...columns, column];
  return columns.length > 1 ? columns.filter((each) => each !== column) : columns;
}

/** Return the slots of a row on two lines: [{top, bottom}], what may stand below others put below them. */
function stacked(columns) {
  const slots = columns.filter((column) => !COLUMNS[column].under).map((top) => ({ top, bottom: null }));
  for (const column of columns.filter((each) => COLUMNS[each].under)) {
    const free = slots.find(({ top, bottom }) => !bottom && !COLUMNS[top].tall);
    if (free) free.bottom = column;
    else slots.push({ top: column, bottom: null });
  }
  return slots;
}

const slotWidth = ({ top, bottom }) => Math.max(COLUMNS[top].width, bottom ? COLUMNS[bottom].width : 0);

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** Return the widths of slots, smaller ones (`tight`) where that leaves the names what they need. */
function widthsOf(slots, room) {
  const widths = slots.map(slotWidth);
  const tight = NAME.usual + sum(widths) > room;
  return { tight, widths: tight ? widths.map((width) => Math.round(width * TIGHT)) : widths };
}

/**
 * Return where each column stands when a row has `room` pixels: on one line if all fit, else on two.
 * @param {string[]} columns
 * @returns {{lines: 1|2, tight: boolean, least: number, template: string, areas: Record<string, string>}} `least` is
 *   the width that a row must have, `template` and `areas` are values of grid-template-columns and grid-area
 */
export function layoutOf(columns, room) {
  const single = columns.map((top) => ({ top, bottom: null }));
  const lines = widthsOf(single, room).tight ? 2 : 1;
  const slots = lines === 1 ? single : stacked(columns);
  const { tight, widths } = widthsOf(slots, room);
  const areas = {};
  slots.forEach(({ top, bottom }, place) => {
    const both = lines === 1 || COLUMNS[top].tall || !bottom;
    areas[top] = `1 / ${place + 2} / ${both ? 3 : 2} / ${place + 3}`;
    if (bottom) areas[bottom] = `2 / ${place + 2} / 3 / ${place + 3}`;
  });
  const name = NAME.least + sum(widths) > room ? NAME.usual : NAME.least;
  const template = [`minmax(${name}px, 1fr)`, ...widths.map((width) => `${width}px`)].join(" ");
  return { lines, tight, least: name + sum(widths), template, areas };
}
