/** Wire floor. The document of a desk as the server keeps it: what it holds, and what is made of one that is broken. */

import { cleaned as cleanShapes } from "./drawings/shapes.js";
import { DEFAULT_COLUMNS, cleanColumns, isSortable } from "./watchlist/columns.js";
import { INTERVALS } from "./wire.js";

export const VERSION = 1;
export const TYPES = ["candles", "bars", "line", "area", "heikin"];
export const SCALES = ["linear", "log", "percent"];
export const ZONES = ["utc", "local", "exchange"];
export const LINKS = ["blue", "amber", "green", "violet", "red"];
export const GRIDS = [1, 2, 3, 4, 6];
export const THEMES = ["dark", "light", "system"];
export const PAIRS = ["green", "blue"];
export const DENSITIES = ["normal", "compact"];

export const MOST = { desks: 20, lists: 20, symbols: 500, studies: 12, compare: 4, name: 40 };
/** Columns and rows of each grid. */
const SHAPE = { 1: [1, 1], 2: [2, 1], 3: [3, 1], 4: [2, 2], 6: [3, 2] };
/** What is kept of an instrument beside its symbol and its tick size. */
const FACTS = ["venue", "name", "base", "quote", "kind", "status", "title"];
const COLOUR = /^#[0-9a-f]{6}$/i;
const SYMBOL = /^(=.{1,199}|[A-Z0-9_.]{1,24}:[A-Z0-9._\-^=/]{1,32})$/;

const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const list = (value) => (Array.isArray(value) ? value : []);
const oneOf = (value, known) => (known.includes(value) ? value : known[0]);
const within = (value, least, most, usual) => (Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : usual);
const isSymbol = (value) => typeof value === "string" && SYMBOL.test(value);
const isColour = (value) => typeof value === "string" && COLOUR.test(value);
const nameOr = (value, usual) => (typeof value === "string" && nameFrom(value)) || usual;

/** Return the name that a text is: as long as names are, or "". */
export function nameFrom(text) {
  return text.trim().slice(0, MOST.name).trim();
}

/** Return [columns, rows] of a grid of so many charts. */
export function shapeOf(grid) {
  return SHAPE[grid] ?? SHAPE[1];
}

/** Return a chart as it is at first. */
export function newChart(symbol = null, interval = "1m") {
  return {
    symbol, interval, type: "candles", scale: "linear", zone: "utc", inverted: false, link: null,
    follow: { interval: false, range: false }, volume: true, studies: [], compare: [],
  };
}

/** Return a desk as it is at first: one chart. */
export function newDesk(name, charts = [newChart()]) {
  return { name, grid: 1, columns: [1], rows: [1], active: 0, charts, bottom: { open: true, height: 210, tabs: ["tape", "elsewhere"] }, side: { width: 384 } };
}

/** Return the document of somebody who comes for the first time. @param {{symbol: string}[]} watched instruments */
export function firstDocument(watched) {
  return {
    version: VERSION, desk: "Main", desks: [newDesk("Main")], lists: [{ name: "Watchlist", symbols: watched }], list: 0,
    columns: [...DEFAULT_COLUMNS], sort: null, drawings: {}, looks: { theme: "dark", pair: "green", density: "normal" }, tape: { least: 0 },
  };
}

/** Return a chart that can be shown, of whatever was kept. */
export function cleanChart(kept) {
  const chart = isMap(kept) ? kept : {};
  const follow = isMap(chart.follow) ? chart.follow : {};
  return {
    symbol: isSymbol(chart.symbol) ? chart.symbol : null,
    interval: typeof chart.interval === "string" && Object.hasOwn(INTERVALS, chart.interval) ? chart.interval : "1m",
    type: oneOf(chart.type, TYPES), scale: oneOf(chart.scale, SCALES), zone: oneOf(chart.zone, ZONES), inverted: chart.inverted === true,
    link: LINKS.includes(chart.link) ? chart.link : null,
    follow: { interval: follow.interval === true, range: follow.range === true },
    volume: chart.volume !== false,
    studies: list(chart.studies).filter((study) => isMap(study) && typeof study.kind === "string").slice(0, MOST.studies).map(cleanStudy),
    compare: [...new Set(list(chart.compare).filter(isSymbol))].slice(0, MOST.compare),
  };
}

/** Return what is sound of an object: those of its values that are. */
const sound = (held, isSound) => Object.fromEntries(Object.entries(isMap(held) ? held : {}).filter(([key, value]) => isSound(value, key)));

/** Of a study what its kind asks for is looked at where that is known: here it has numbers and colours. */
const cleanStudy = ({ kind, params, colours }) => ({ kind, params: sound(params, Number.isFinite), colours: sound(colours, isColour) });

const parts = (kept, count) => Array.from({ length: count }, (_, each) => within(kept?.[each], 0.15, 10, 1));

/** Return a desk whose grid has a chart in each place. */
export function cleanDesk(kept, name) {
  const desk = isMap(kept) ? kept : {};
  const grid = GRIDS.includes(desk.grid) ? desk.grid : 1;
  const [columns, rows] = shapeOf(grid);
  const charts = list(desk.charts).map(cleanChart).slice(0, Math.max(...GRIDS));
  while (charts.length < grid) charts.push(newChart(charts[0]?.symbol ?? null, charts[0]?.interval));
  const tabs = list(desk.bottom?.tabs).filter((tab) => typeof tab === "string");
  return {
    name: nameOr(desk.name, name), grid, columns: parts(desk.columns, columns), rows: parts(desk.rows, rows),
    active: Math.floor(within(desk.active, 0, grid - 1, 0)), charts,
    bottom: { open: desk.bottom?.open !== false, height: within(desk.bottom?.height, 80, 900, 210), tabs: tabs.length === 2 ? tabs : ["tape", "elsewhere"] },
    side: { width: within(desk.side?.width, 260, 900, 384) },
  };
}

const eachOnce = (instruments) => [...new Map(instruments.map((each) => [each.symbol, each])).values()];

function isFact(value, key) {
  if (key === "tick_size") return value === null || (Number.isFinite(value) && value > 0);
  return key === "symbol" || (FACTS.includes(key) && typeof value === "string");
}

function cleanLists(kept, watched) {
  const lists = list(kept).filter(isMap).slice(0, MOST.lists).map((each, place) => ({
    name: nameOr(each.name, `List ${place + 1}`),
    symbols: eachOnce(list(each.symbols).filter((instrument) => isSymbol(instrument?.symbol))).slice(0, MOST.symbols).map((instrument) => sound(instrument, isFact)),
  }));
  return lists.length ? lists : [{ name: "Watchlist", symbols: watched }];
}

/** Each symbol with what is sound of its drawings; one that has none is left out. */
function cleanDrawings(kept) {
  const known = Object.entries(isMap(kept) ? kept : {}).filter(([symbol]) => isSymbol(symbol));
  return Object.fromEntries(known.map(([symbol, shapes]) => [symbol, cleanShapes(shapes)]).filter(([, shapes]) => shapes.length));
}

function cleanSort(kept) {
  return isMap(kept) && isSortable(kept.column) ? { column: kept.column, way: kept.way === "up" ? "up" : "down" } : null;
}

/** Tell whether two names are one: somebody who types a name doesn't mind its capitals. */
export const isSameName = (one, other) => one.toLowerCase() === other.toLowerCase();

/** Names of desks are their addresses: each only once. */
function cleanDesks(kept) {
  const desks = list(kept).filter(isMap).slice(0, MOST.desks).map((desk, place) => cleanDesk(desk, `Desk ${place + 1}`));
  const once = desks.filter((desk, place) => desks.findIndex((each) => isSameName(each.name, desk.name)) === place);
  return once.length ? once : [newDesk("Main")];
}

/** Return a document that can be shown, of whatever was kept: what is not understood is as at first. */
export function cleanDocument(kept, watched = []) {
  if (!isMap(kept)) return firstDocument(watched);
  const desks = cleanDesks(kept.desks);
  const lists = cleanLists(kept.lists, watched);
  const looks = isMap(kept.looks) ? kept.looks : {};
  return {
    version: VERSION,
    desk: desks.some((desk) => desk.name === kept.desk) ? kept.desk : desks[0].name,
    desks, lists, list: Math.floor(within(kept.list, 0, lists.length - 1, 0)),
    columns: cleanColumns(list(kept.columns)), sort: cleanSort(kept.sort),
    drawings: cleanDrawings(kept.drawings),
    looks: { theme: oneOf(looks.theme, THEMES), pair: oneOf(looks.pair, PAIRS), density: oneOf(looks.density, DENSITIES) },
    tape: { least: within(kept.tape?.least, 0, 1e15, 0) },
  };
}

/** Return the desk that is open. */
export function openDesk(document) {
  return document.desks.find((desk) => desk.name === document.desk) ?? document.desks[0];
}
