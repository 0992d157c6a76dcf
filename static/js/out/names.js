/** Wire floor. What files are called: only letters, digits and signs that every system takes. */

import { nameOf } from "../symbols.js";

const LONGEST = 60;

/** Return a text as a part of a file's name. */
function safe(text) {
  return text.replace(/[^A-Za-z0-9.-]+/g, "-").replace(/-{2,}/g, "-").slice(0, LONGEST).replace(/^[-.]+|[-.]+$/g, "") || "chart";
}

/** Return the name of a chart's file, with the moment (ms) in UTC: BTC-USD_5m_2026-11-20_1402.png. */
export function chartFile({ symbol, interval }, time, kind) {
  const moment = new Date(time).toISOString();
  return `${safe(nameOf(symbol))}_${interval}_${moment.slice(0, 10)}_${moment.slice(11, 16).replace(":", "")}.${kind}`;
}

/** Return the name of a desk's file: ticker-desk_2026-11-20.json. */
export function deskFile(time) {
  return `ticker-desk_${new Date(time).toISOString().slice(0, 10)}.json`;
}
