/** Wire floor. A chart as an address: what a link opens, and the link that opens a chart. */

import { SCALES, TYPES, cleanChart } from "../deskdoc.js";
import { INTERVALS } from "../wire.js";

/** Return a study as an address writes it: ema.length-20. */
function studyText({ kind, params }) {
  return [kind, ...Object.entries(params).map(([key, value]) => `${key}-${value}`)].join(".");
}

function studyOf(text) {
  const [kind, ...rest] = text.split(".");
  const params = rest.map((part) => part.split("-", 2)).filter(([key, value]) => key && Number.isFinite(Number(value)));
  return { kind, params: Object.fromEntries(params.map(([key, value]) => [key, Number(value)])), colours: {} };
}

/** Return the query of a chart, and of what it sees: {from, to} in ms UTC, or null for the newest bars. */
export function addressOf(chart, times) {
  const query = new URLSearchParams({ symbol: chart.symbol, interval: chart.interval });
  if (chart.type !== TYPES[0]) query.set("type", chart.type);
  if (chart.scale !== SCALES[0]) query.set("scale", chart.scale);
  if (chart.studies.length) query.set("studies", chart.studies.map(studyText).join(" "));
  if (chart.compare.length) query.set("compare", chart.compare.join(" "));
  if (times) query.set("range", `${Math.round(times.from)}-${Math.round(times.to)}`);
  return query;
}

/** Return {chart, times} that a query asks for: what of a chart it names, and what to see of it, if it says so. */
export function askedBy(query) {
  const asked = {};
  if (query.get("symbol")) asked.symbol = query.get("symbol").trim().toUpperCase();
  if (Object.hasOwn(INTERVALS, query.get("interval") ?? "")) asked.interval = query.get("interval");
  for (const [key, known] of [["type", TYPES], ["scale", SCALES]]) if (known.includes(query.get(key))) asked[key] = query.get(key);
  if (query.has("studies")) asked.studies = query.get("studies").split(" ").filter(Boolean).map(studyOf);
  if (query.has("compare")) asked.compare = cleanChart({ compare: query.get("compare").toUpperCase().split(" ") }).compare;
  const [from, to] = (query.get("range") ?? "").split("-").map(Number);
  return { chart: asked, times: from > 0 && to > from ? { from, to } : null };
}
