/** Wire floor. What is in sight as JSON: the numbers exactly as they are known, null where nothing is. */

const iso = (time) => (time === undefined ? null : new Date(time).toISOString());

/** Return the text of a file; `from` and `to` are when the first and the last bar open. @param {import("./sight.js").Sight} sight */
export function jsonOf({ symbol, interval, bars, studies, compare }) {
  const content = {
    symbol, interval, from: iso(bars[0]?.time), to: iso(bars[bars.length - 1]?.time),
    bars: bars.map((bar) => ({ ...bar, time: iso(bar.time) })),
    studies: studies.map(({ kind, params, title, lines }) => ({ kind, params, title, lines: Object.fromEntries(lines.map(({ key, values }) => [key, values])) })),
    compare,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
