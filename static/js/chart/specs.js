/** Wire floor. What is drawn of bars and of studies: plain columns, x in places of bars. */

import { VOLUME } from "./layout.js";

/** How much of its colour an area under a line has, one between two lines, and columns. */
export const FILLS = { area: 0.12, band: 0.08, columns: 0.8 };

const LOOKS = ["whole", "past", "part", "hole"];
const FIELDS = ["open", "high", "low", "close"];

/** Return how much is known of a bar: heard whole, fetched from the venue's history, perhaps not all of it, nothing. */
export function lookOf({ source, closed }) {
  if (source === "hole") return "hole";
  if (source === "mixed") return closed ? "part" : "whole";
  return source === "backfill" ? "past" : "whole";
}

/** Tell whether a bar rose. */
export const isUp = ({ open, close }) => close >= open;

/** Return the bars [from, to) as a candle or bar trace for each look that is among them. */
function boxes(kind, pane, bars, base, from, to) {
  const traces = new Map();
  for (let each = from; each < to; each += 1) {
    const look = lookOf(bars[each]);
    if (!traces.has(look)) traces.set(look, { kind, pane, look, x: [], open: [], high: [], low: [], close: [] });
    const trace = traces.get(look);
    trace.x.push(base + each);
    for (const field of FIELDS) trace[field].push(bars[each][field]);
  }
  return LOOKS.filter((look) => traces.has(look)).map((look) => traces.get(look));
}

/** Return the closes of the bars [from, to) as columns x and y; a hole interrupts the line. */
function closes(bars, base, from, to) {
  const [x, y] = [[], []];
  for (let each = from; each < to; each += 1) {
    x.push(base + each);
    y.push(lookOf(bars[each]) === "hole" ? null : bars[each].close);
  }
  return { x, y };
}

/** Return what is drawn of the price in a chart of a type. `floor`: a price below all that is seen. */
export function priceSpecs(type, pane, bars, base, from, to, colour, floor) {
  if (type === "bars") return boxes("ohlc", pane, bars, base, from, to);
  if (type !== "line" && type !== "area") return boxes("candles", pane, bars, base, from, to);
  const line = { kind: "line", pane, ...closes(bars, base, from, to), colour, width: 1.6 };
  if (type === "line" || !line.x.length) return [line];
  const known = line.y.map((value) => value ?? floor);
  return [{ kind: "area", pane, x: line.x, y: known, colour, floor }, line];
}

/** Return the volumes of the bars [from, to). */
export function volumeSpec(bars, base, from, to, { up, down }) {
  const some = bars.slice(from, to);
  return {
    kind: "columns", pane: VOLUME, x: some.map((_, each) => base + from + each), y: some.map((bar) => bar.volume),
    colours: some.map((bar) => (isUp(bar) ? up : down)),
  };
}

const KINDS = { line: "line", histogram: "columns", dots: "dots" };

/**
 * Return what is drawn of a study's lines, for the bars [from, to).
 * @param {{definition: any, colours: Record<string, string>, values: (key: string) => (number|null)[]}} study
 */
export function studySpecs(study, pane, base, from, to, { up, down }) {
  const lines = [...study.definition.lines].sort((one, other) => rank(one) - rank(other));
  return ordered(lines).map(({ key, colour, style, signed, fillTo }) => {
    const y = study.values(key).slice(from, to);
    const colours = signed ? y.map((value) => (value >= 0 ? up : down)) : undefined;
    return { kind: KINDS[style], pane, x: y.map((_, each) => base + from + each), y, colour: study.colours[colour], colours, fillTo: Boolean(fillTo) };
  });
}

/** Columns lie under lines. */
const rank = ({ style }) => (style === "histogram" ? 0 : 1);

/** Return lines so that one that is filled to another comes right after that. */
export function ordered(lines) {
  const filling = new Map(lines.filter((line) => line.fillTo).map((line) => [line.fillTo, line]));
  const rest = lines.filter((line) => !line.fillTo);
  return rest.flatMap((line) => (filling.has(line.key) ? [line, filling.get(line.key)] : [line]));
}
