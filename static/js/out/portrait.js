/** Wire floor. What the server is asked for a chart as a page of its own. */

import { ordered } from "../chart/specs.js";
import { KINDS } from "../drawings/shapes.js";

/** As many bars as the server puts into one page. */
const BARS = 5000;
const HIGHEST = 1e15;
const LONGEST = 120;
const COMPARED = 6;
const DAY = 86_400_000; // its bars bear dates, whatever the clock

const within = (value) => (value !== null && Math.abs(value) < HIGHEST ? value : null);

/** Return a time zone as the server knows it. @param {"utc"|"local"|"exchange"} zone */
function zoneOf(zone, { local, exchange }) {
  return { local, exchange }[zone] ?? "UTC";
}

/** Return a study's lines, each with its values by time. */
function linesOf({ pane, levels, range, lines }, place, bars) {
  return ordered(lines).map(({ name, colour, style, values, fillTo }) => ({
    name: name.slice(0, LONGEST), colour, style, filled: Boolean(fillTo), pane: pane ? `study-${place}` : "over",
    levels: pane ? levels.slice(0, 8) : [], range: pane ? range : null,
    values: values.map((value, each) => [bars[each].time, within(value)]),
  }));
}

function isSound({ kind, points }) {
  return KINDS[kind] === points?.length && points.every(({ time, price }) => time >= 0 && time <= 1e14 && Math.abs(price) < HIGHEST);
}

function drawing({ kind, points, text = "", colour = "accent" }) {
  return { kind, points: points.map(({ time, price }) => ({ time: Math.round(time), price })), text, colour };
}

/**
 * Return the body of a request to /api/portrait.
 * @param {import("./sight.js").Sight} sight at least one bar
 * @param {any} chart of deskdoc.js
 * @param {{theme: string, colours: {up: string, down: string}, title: string, zones: {local: string, exchange: string}, drawings: any[]}} looks
 */
export function portraitOf({ symbol, interval, length, bars: all, studies, profile }, chart, { theme, colours, title, zones, drawings }) {
  const end = all[all.length - 1].time + length;
  const start = Math.max(all[0].time, end - BARS * length);
  const skipped = all.findIndex(({ time }) => time >= start);
  const bars = all.slice(skipped);
  const seen = studies.filter(({ kind }) => kind !== "heikin").map((each) => ({ ...each, lines: each.lines.map((line) => ({ ...line, values: line.values.slice(skipped) })) }));
  return {
    symbol, interval, start, end, type: chart.type, scale: chart.scale, zone: length < DAY ? zoneOf(chart.zone, zones) : "UTC", theme, volume: chart.volume,
    colours: { up: colours.up, down: colours.down }, title: title.slice(0, LONGEST),
    studies: seen.flatMap((each, place) => linesOf(each, place, bars)),
    compare: chart.compare.slice(0, COMPARED), drawings: drawings.filter(isSound).map(drawing),
    profile: profile?.rows.length ? { rows: profile.rows.map(({ low, high, up, down }) => [low, high, up, down]), part: profile.part } : null,
  };
}
