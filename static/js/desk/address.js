/** Wire floor. A chart as an address: what a link opens, and the link that opens a chart. */

import { SCALES, TYPES, cleanChart } from "../deskdoc.js";
import { INTERVALS } from "../wire.js";

/** Return a study as an address writes it: ema.length-20. */
function studyText({ kind, params }) {
  return [kind, ...Object.entries(params).map(([key, value]) => `${key}-${value}`)].join(".");
}

/** The dot of a number is followed by a digit, the one between two parts by a name. */
function studyOf(text) {
  const [kind, ...rest] = text.split(/\.(?=[a-z])/i);
  const params = rest.map((part) => [part.slice(0, part.indexOf("-")), part.slice(part.indexOf("-") + 1)]);
  const known = params.filter(([key, value]) => key && value && Number.isFinite(Number(value)));
  return { kind, params: Object.fromEntries(known.map(([key, value]) => [key, Number(value)])), colours: {} };
}

/** Return the query of a chart, and of what it sees: {from, to} in ms UTC, or null for the newest bars. */
export function addressOf(chart, times) {
  const query = new URLSearchParams({ symbol: chart.symbol, interval: chart.interval });
  if (chart.type !== TYPES[0]) query.set("type", chart.type);
  if (chart.scale !== SCALES[0]) query.set("scale", chart.scale);
  if (chart.studies.length) query.set("studies", chart.studies.map(studyText).join(" "));
  for (const symbol of chart.compare) query.append("compare", symbol);
  if (times) query.set("range", `${Math.round(times.from)}-${Math.round(times.to)}`);
  return query;
}

/** Return {chart, times} that a query asks for: what of a chart it names, and what to see of it, if it says so. */
export function askedBy(query) {
  const asked = {};
  if (query.get("symbol")) asked.symbol = query.get("symbol").trim().toUpperCase();
  if (Object.hasOwn(INTERVALS, query.get("interval") ?? "")) asked.interval = query.get("interval");
  for (const [key, known] of [["type", TYPES], ["scale", SCALES]]) if (known.includes(query.get(key))) asked[key] = query.get(key);
  if (query.has("studies")) asked.studies = cleanChart({ studies: query.get("studies").split(" ").filter(Boolean).map(studyOf) }).studies;
  if (query.has("compare")) asked.compare = cleanChart({ compare: query.getAll("compare").map((symbol) => symbol.trim().toUpperCase()) }).compare;
  const [from, to] = (query.get("range") ?? "").split("-").map(Number);
  return { chart: asked, times: from > 0 && to > from ? { from, to } : null };
}
