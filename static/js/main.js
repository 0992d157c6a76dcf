/** Main floor. Puts the page together and keeps it going. */

import { fetchBars, fetchSymbols, fetchVenues } from "./api.js";
import { Banner, Toasts } from "./banner.js";
import { loadLibrary } from "./chart.js";
import { Panel } from "./chart/panel.js";
import { Clock } from "./clock.js";
import { Keyboard, focusPart } from "./commands/keyboard.js";
import { Actions } from "./desk/actions.js";
import { addressOf, askedBy } from "./desk/address.js";
import { Around } from "./desk/around.js";
import { Charts } from "./desk/charts.js";
import { demandOf } from "./desk/demands.js";
import { Grid } from "./desk/grid.js";
import { Learning } from "./desk/learning.js";
import { Links } from "./desk/links.js";
import { Title } from "./desk/title.js";
import { TopBar } from "./desk/topbar.js";
import { Turns } from "./desk/turns.js";
import { cleanDocument } from "./deskdoc.js";
import { DeskState } from "./deskstate.js";
import { make } from "./dom.js";
import { Drawings } from "./drawings/history.js";
import { Footer } from "./footer.js";
import { install } from "./install.js";
import { Intervals } from "./intervals.js";
import { Looks } from "./looks.js";
import { choose } from "./opening.js";
import { Painter } from "./painter.js";
import { loadRecent, saveRecent } from "./saved.js";
import { Session } from "./session.js";
import { Line } from "./socket.js";
import { Store } from "./store.js";
import { SymbolBox } from "./symbolbox.js";
import { Venues } from "./venues.js";
import { SUBPROTOCOL } from "./wire.js";

const TICK = 500;
/** How long the server is waited for with its desk; then what this browser keeps of it is shown (ms). */
const PATIENCE = 1500;

const pause = (wait) => new Promise((resolve) => { setTimeout(resolve, wait); });
const byId = (id) => document.getElementById(id);
const boot = JSON.parse(byId("boot").textContent);
const venues = new Map(boot.venues.map((venue) => [venue.venue, venue]));
const replay = boot.venues.some((venue) => venue.replay);
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const calm = () => stillness.matches;
/** True while the stream is about to be asked; at first while the desk is not complete. */
let wanting = true;

const clock = new Clock();
const store = new Store({ venues });
const painter = new Painter();
const toasts = new Toasts(byId("toasts"));
const tell = (text) => toasts.say(text);
const line = new Line({
  connect: () => new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws/market/`, SUBPROTOCOL),
  onMessage: (message) => { session.receive(message); painter.ask(); },
  onState: ({ state: connection }) => { store.setConnection(connection); banner.ask(); },
  onUnreadable: (reason) => tell(`The server sent something unreadable (${reason}).`),
});
const session = new Session({ line, store, clock, replay });
const learning = new Learning({ store, session, fetchSymbols, fetchVenues, tell });
const banner = new Banner(byId("banner"), { line, painter, loginUrl: boot.login_url });
const footer = new Footer(byId("footer"), { session, store, clock, painter, replay });
store.on("connection", (connection) => { document.documentElement.dataset.connection = connection; });
store.on("error", tell);
new Venues(byId("venues"), { store, painter, venues, tell });
line.open();

let begin;
const begun = new Promise((resolve) => { begin = resolve; });
const turns = new Turns(byId("turns"), { store, desk: () => charts.desk, onAgain: () => grid.use(grid.panels[(charts.desk.active + 1) % charts.desk.grid]) });
const box = new SymbolBox(byId("symbol-box"), {
  search: fetchSymbols, venues, onOpen: (instrument) => begun.then(() => openSymbol(instrument)),
  recent: loadRecent(localStorage), onRecent: (instruments) => saveRecent(localStorage, instruments),
});

// ------------------------------------------------------------------ what is kept
const clean = (kept) => cleanDocument(kept, boot.watchlist);
const state = new DeskState({
  storage: localStorage, token: boot.csrf, told: boot.desk, clean,
  onTrouble: (why) => why && tell(`The desk is kept in this browser only: ${why}.`),
});
const definitions = new Map();
await Promise.race([state.open(), pause(PATIENCE)]);
const save = () => state.save();

// ------------------------------------------------------------------ the charts
const looks = new Looks({ onChange: () => grid.panels.forEach((panel) => panel.recolour()) });
const links = new Links(() => grid.panels);
const grid = new Grid(byId("grid"), { create: createPanel, save, onActive: used });
const charts = new Charts({ state, grid, links, definitions, listed: () => watchlist.symbols, onOpened: (symbol) => learning.about(symbol), onChanged: used, onDesk: showDesk });
let drawing = null;
const parts = { openSymbol, looks, get drawing() { return drawing; }, nextPart: (by) => focusPart([...document.querySelectorAll("[data-focus]")], by) };
const actions = new Actions({ charts, search: fetchSymbols, tell, parts });
const act = (action) => actions.act(action);
/** Prices come first, if they come soon: the library takes the page some hundred ms, and what no price needs others. */
const moved = Promise.race([pricesMoved(), pause(PATIENCE / 2)]);
const started = moved.then(() => {
  bring(boot.later);
  return loadLibrary(byId("plotly").href);
});

/** Have modules fetched all at once, beside what goes on. @param {string[]} addresses */
function bring(addresses) {
  document.head.append(...addresses.map((href) => make("link", { rel: "modulepreload", href })));
}

/** Resolve when prices have moved, and were painted. */
function pricesMoved() {
  return new Promise((resolve) => {
    const leave = store.on("quote", () => {
      if (!store.unpainted.size) return;
      leave();
      requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
    });
  });
}

function createPanel() {
  const panel = new Panel({
    store, painter, clock, fetchBars, venues, figure: boot.figure, definitions, links, colours: () => looks.colours(),
    onActive: (each) => grid.use(each), onChange: (each) => charts.changed([each]), onEdit: () => act({ do: "studies" }),
    onMaximise: (each) => grid.maximise(each), onMenu: (each, at) => act({ do: "context", panel: each, at }),
  });
  panel.drawings = drawing?.attach(panel);
  started.then(() => panel.start(), ({ message }) => panel.fail(message));
  return panel;
}

/** The chart that is used, or what it shows, is another: everything around it follows. */
function used() {
  const { symbol, interval } = charts.chart;
  store.setActive(symbol);
  intervals.show(interval);
  topBar.paint();
  turns.paint();
  drawing?.show();
  if (symbol) {
    box.show(symbol);
    watchlist.select(symbol);
    remember();
  }
  want();
}

function remember() {
  const { symbol, interval } = charts.chart;
  window.history.replaceState(null, "", `?${new URLSearchParams({ symbol, interval })}`);
}

function openSymbol(instrument) {
  if (instrument.base) store.setInstrument(instrument);
  watchlist.add(instrument);
  charts.open(instrument.symbol);
}

/** The server writes a symbol in its own way: the page goes by that from here on. */
store.on("renamed", ({ from, to }) => {
  for (const panel of grid.panels) panel.rename(from, to);
  watchlist.rename(from, to);
  box.rename(from, to);
  drawings.renamed(from, to);
  learning.about(to);
  save();
  used();
});

// ------------------------------------------------------------------ what is around them
const drawings = new Drawings(state.document.drawings, { save, tell: (symbol) => drawing?.changed(symbol) });
parts.drawn = moved.then(() => import("./desk/drawing.js")).then(({ Drawing }) => {
  drawing = new Drawing(byId("drawing"), { drawings, panels: () => grid.panels, active: () => grid.active, tell });
  for (const panel of grid.all) {
    panel.drawings = drawing.attach(panel);
    panel.mark();
  }
  drawing.show();
  return drawing;
});
const intervals = new Intervals(byId("intervals"), { intervals: boot.intervals, onChoose: (interval) => charts.interval(interval) });
const topBar = new TopBar({ tools: byId("tools"), side: byId("tools-right") }, { act, chart: () => charts.chart, document: () => state.document, desk: () => charts.desk });
const around = new Around({ watchlist: byId("watchlist"), details: byId("details"), bottom: byId("bottom"), side: byId("side") }, {
  store, painter, clock, venues, session, calm, tell, save, document: () => state.document, desk: () => charts.desk,
  onOpen: (symbol) => charts.open(symbol), onAdd: openSymbol, onWant: want,
});
const { watchlist } = around;
Promise.all([parts.drawn, moved.then(() => around.load())]).catch(({ message }) => tell(`A part of the desk can't be loaded: ${message}.`));
new Title({ store, icon: document.querySelector("link[rel=icon]"), colours: () => looks.colours() });

let boxed = null;

/** Dialogs, and what leaves the desk, come after the charts: then they are there also when the server is not. */
function boxes() {
  boxed ??= import("./desk/boxes.js").then(({ boxesOf }) => boxesOf({
    charts, grid, definitions, intervals: boot.intervals, clock, act, search: fetchSymbols, state, looks, tell, clean,
    onImported: showDocument, drawings: () => drawings.of(charts.chart.symbol),
  }));
  boxed.catch(() => { boxed = null; });
  return boxed;
}

started.then(boxes, boxes).catch(() => {});
Object.assign(parts, { box, watchlist, topBar, boxes });
new Keyboard({ act });

/** Ask the stream for what is on the page, once for all that changes now; a chart's bars before its history. */
function want() {
  if (wanting) return;
  wanting = true;
  queueMicrotask(() => {
    wanting = false;
    session.want(demandOf({ watchlist, grid, elsewhere: around.panels?.elsewhere }));
  });
}

/** Show the document that is kept, whatever was shown before. */
function showDocument() {
  looks.show(state.document.looks);
  around.showDocument(state.document);
  drawings.load(state.document.drawings);
  drawing?.replaced();
  showDesk();
}

function showDesk() {
  around.showDesk();
  grid.show(charts.desk);
  used();
}

/** Until somebody chooses, open the first symbol of the list that has a price. */
function openFirst() {
  if (charts.chart.symbol) return;
  const candidates = watchlist.symbols.map((symbol) => ({
    symbol, priced: store.newest(symbol) !== null, venueState: store.venueState(symbol), refused: store.refused.has(symbol),
  }));
  const symbol = choose(candidates, performance.now() - since);
  if (symbol) charts.open(symbol);
}

function tick() {
  around.tick();
  for (const ask of [footer.ask, banner.ask]) ask();
  for (const panel of grid.panels) panel.mark();
}

function visibility() {
  session.hide(document.hidden);
  if (!document.hidden) line.open();
}

/** Open what the address asks for in the chart that is used. */
function openAsked() {
  const { chart, times } = askedBy(new URLSearchParams(location.search));
  charts.ask(chart);
  if (chart.symbol) learning.about(chart.symbol);
  return times;
}

painter.afterPaint = () => {
  const frame = session.frame();
  setTimeout(() => session.painted(frame));
};

const since = performance.now();
const times = openAsked();
learning.ofLists(state.document);
wanting = false;
showDocument();
if (times) grid.active.lens.see(times);
state.onReplaced(showDocument);
for (const topic of ["quote", "refused", "status"]) store.on(topic, openFirst);
setInterval(tick, TICK);
setInterval(() => { session.second(); openFirst(); }, 1000);
document.addEventListener("visibilitychange", visibility);
window.addEventListener("offline", () => line.offline());
window.addEventListener("online", () => { line.open(); state.wake(); });
window.addEventListener("pagehide", () => state.leave());
learning.venues();
learning.indicators(boot.indicators, definitions).then(() => { for (const panel of grid.panels) panel.open(panel.state); });
install();
begin();
