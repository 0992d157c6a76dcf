/** Main floor. Puts the page together and keeps it going. */

import { fetchBars, fetchSymbols, fetchVenues } from "./api.js";
import { Banner, Toasts } from "./banner.js";
import { libraryReady } from "./chart.js";
import { Clock } from "./clock.js";
import { Footer } from "./footer.js";
import { History } from "./history.js";
import { Intervals } from "./intervals.js";
import { Notice } from "./notice.js";
import { choose } from "./opening.js";
import { Painter } from "./painter.js";
import { Pane } from "./pane.js";
import { loadRecent, loadWatchlist, saveRecent, saveWatchlist } from "./saved.js";
import { Session } from "./session.js";
import { Line } from "./socket.js";
import { Store } from "./store.js";
import { SymbolBox } from "./symbolbox.js";
import { legsOf } from "./symbols.js";
import { Venues } from "./venues.js";
import { Watchlist } from "./watchlist.js";
import { INTERVALS, SUBPROTOCOL } from "./wire.js";

const TICK = 500;
const DEFAULT_INTERVAL = "1m";

const byId = (id) => document.getElementById(id);
const boot = JSON.parse(byId("boot").textContent);
const query = new URLSearchParams(location.search);
const venues = new Map(boot.venues.map((venue) => [venue.venue, venue]));
const replay = boot.venues.some((venue) => venue.replay);
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

const clock = new Clock();
const store = new Store();
const painter = new Painter();
const toasts = new Toasts(byId("toasts"));
const line = new Line({
  connect: () => new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/market/`, SUBPROTOCOL),
  onMessage: (message) => { session.receive(message); painter.ask(); },
  onState: ({ state }) => { store.setConnection(state); banner.ask(); },
  onUnreadable: (reason) => toasts.say(`The server sent something unreadable (${reason}).`),
});
const session = new Session({ line, store, clock, replay });
store.on("chart", want);
const history_ = new History({ store, clock, fetchBars, onState: () => notice.ask() });
const pane = new Pane(document.querySelector("[data-chart]"), { store, painter, clock, history: history_, venues, figure: boot.figure });
const notice = new Notice(byId("notice"), { store, history: history_, painter });
const banner = new Banner(byId("banner"), { line, painter, loginUrl: boot.login_url });
const footer = new Footer(byId("footer"), { session, store, clock, painter, replay });
const intervals = new Intervals(byId("intervals"), { intervals: boot.intervals, onChoose: (interval) => open(store.chart.symbol, interval) });
const box = new SymbolBox(byId("symbol-box"), {
  search: fetchSymbols, venues, onOpen: openAndAdd,
  recent: loadRecent(localStorage), onRecent: (instruments) => saveRecent(localStorage, instruments),
});
const watchlist = new Watchlist(byId("watchlist"), {
  store, painter, clock, venues, calm: () => stillness.matches, onOpen: (symbol) => open(symbol, interval), onChange: listChanged,
});
new Venues(byId("venues"), { store, painter, venues, tell: (text) => toasts.say(text) });

let interval = INTERVALS[query.get("interval")] ? query.get("interval") : DEFAULT_INTERVAL;
let listReady = false;

/** Ask the stream for what is on the page: a quote for each row, everything for the chart. */
function want() {
  const wants = new Map(watchlist.symbols.map((symbol) => [symbol, new Set(["quote"])]));
  const { symbol } = store.chart;
  if (symbol) wants.set(symbol, new Set(["quote", "trades", `bars:${store.chart.interval}`]));
  session.want(wants);
}

/** Show a symbol in the chart; the stream is asked before the history, so that no bar falls between. */
function show(symbol) {
  store.setChart(symbol, interval);
  box.show(symbol);
  watchlist.select(symbol);
  document.title = `${symbol} · Ticker`;
}

/** Open a symbol because somebody asked for it: the address remembers. */
function open(symbol, wanted) {
  interval = wanted;
  intervals.show(interval);
  if (!symbol) return;
  show(symbol);
  remember();
}

function remember() {
  const address = new URL(location.href);
  address.searchParams.set("symbol", store.chart.symbol);
  address.searchParams.set("interval", interval);
  window.history.replaceState(null, "", address);
}

/** The server writes a symbol in its own way: the page goes by that from here on. */
function renamed({ from, to }) {
  watchlist.rename(from, to);
  box.rename(from, to);
  learn(to);
  if (store.chart.symbol === to) {
    show(to);
    remember();
  }
  want();
}

function openAndAdd(instrument) {
  if (instrument.base) store.setInstrument(instrument);
  watchlist.add(instrument.symbol);
  learn(instrument.symbol);
  open(instrument.symbol, interval);
}

function listChanged(symbols) {
  if (!listReady) return;
  saveWatchlist(localStorage, symbols.map((symbol) => store.instruments.get(symbol) ?? { symbol }));
  want();
}

/** Fetch the facts (tick size, title) of what a symbol is made of, where they didn't come with it. */
function learn(symbol) {
  for (const leg of legsOf(symbol)) learnOne(leg);
}

async function learnOne(symbol) {
  if (store.instruments.has(symbol)) return;
  const found = await fetchSymbols({ q: symbol, limit: 5 }).catch(() => []);
  const instrument = found.find((each) => each.symbol === symbol);
  if (instrument) store.setInstrument(instrument);
}

/** Until somebody chooses, open the first symbol of the list that has a price. */
function openFirst(since) {
  if (store.chart.symbol) return;
  const candidates = watchlist.symbols.map((symbol) => ({
    symbol,
    priced: store.newest(symbol) !== null,
    venueState: store.venueState(symbol),
    refused: store.refused.has(symbol),
  }));
  const symbol = choose(candidates, performance.now() - since);
  if (symbol) show(symbol);
}

function fillWatchlist() {
  const instruments = loadWatchlist(localStorage) ?? boot.watchlist;
  for (const instrument of instruments) {
    if (instrument.base) store.setInstrument(instrument);
    watchlist.add(instrument.symbol);
    learn(instrument.symbol);
  }
  listReady = true;
}

/** The states of the venues that nobody subscribed to yet. */
async function askVenues() {
  const known = await fetchVenues().catch(() => []);
  for (const status of known) if (!store.statuses.has(status.venue)) store.setStatus(status);
}

function tick() {
  for (const ask of [watchlist.askAges, footer.ask, banner.ask, pane.mark]) ask();
}

function visibility() {
  session.hide(document.hidden);
  if (!document.hidden) line.open();
}

painter.afterPaint = () => {
  const frame = session.frame();
  setTimeout(() => session.painted(frame));
};
store.on("connection", (state) => { document.documentElement.dataset.connection = state; });
store.on("error", (text) => toasts.say(text));
store.on("renamed", renamed);

const since = performance.now();
const trial = () => openFirst(since);
for (const topic of ["quote", "refused", "status"]) store.on(topic, trial);
setInterval(tick, TICK);
setInterval(() => { session.second(); trial(); }, 1000);
document.addEventListener("visibilitychange", visibility);
window.addEventListener("online", () => line.open());
window.addEventListener("offline", () => line.offline());

fillWatchlist();
intervals.show(interval);
const asked = query.get("symbol")?.toUpperCase();
if (asked) {
  learn(asked);
  show(asked);
} else {
  want();
}
line.open();
askVenues();
libraryReady(byId("plotly")).then(() => { pane.start(); pane.mark(); }).catch((error) => {
  notice.broken = error.message;
  notice.ask();
});
