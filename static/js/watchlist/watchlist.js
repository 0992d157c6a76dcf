/** View floor. The watchlist: lists of symbols that open charts, of which only what is seen is drawn and subscribed. */

import { make } from "../dom.js";
import { legsOf, venueOf } from "../symbols.js";
import { Body } from "./body.js";
import { Drag } from "./drag.js";
import { Flashes } from "./flashes.js";
import { Hands } from "./hands.js";
import { Head } from "./head.js";
import { Lists } from "./lists.js";
import { cycled, held, needsPrices, nextSort, sorted } from "./order.js";
import { Room } from "./room.js";
import { Shelf } from "./shelf.js";
import { Sparks } from "./sparks.js";
import { Undo } from "./undo.js";

/** While somebody scrolls, the subscriptions follow no more often than this (ms). */
const SETTLE = 100;

const same = (one, other) => one.length === other.length && one.every((each, place) => each === other[place]);

export class Watchlist {
  /** The symbols to subscribe to: those of the drawn rows, or of the whole list while its prices order it. */
  wanted = new Set();
  #settling = null;
  #beats = 0;

  /**
   * @param {HTMLElement} root an empty element that this fills
   * @param {{store: import("../store.js").Store, painter: import("../painter.js").Painter, clock: import("../clock.js").Clock,
   *   venues: Map<string, any>, calm: () => boolean, state: any, save: () => void, onOpen: (symbol: string) => void,
   *   onWant: () => void, fetchSparks: (symbols: string[]) => Promise<any[]>, tell: (text: string) => void}} parts
   *   `state` {lists, list, columns, sort} is changed in place, then saved
   */
  constructor(root, parts) {
    Object.assign(this, parts, { root });
    this.lists = new Lists(this.state);
    this.sparks = new Sparks({ fetchSparks: this.fetchSparks });
    this.undo = new Undo();
    this.#buildTable();
    this.#buildAround();
    this.#listen();
    this.replaceState(this.state);
  }

  #buildTable() {
    const { store, painter, clock, venues, sparks } = this;
    this.table = make("div", { role: "table", "aria-label": "Watchlist", class: "table", id: "watchlist-table" });
    this.head = new Head({ onSort: (column) => this.#sort(nextSort(this.state.sort, column)), onWalk: (by) => this.step(by) });
    this.body = new Body(this.table, { store, painter, clock, venues, sparks, flashes: new Flashes(this.calm), onWindow: () => this.#want() });
    this.table.append(this.head.element, this.body.element);
    this.room = new Room(this.table, { head: this.head.element, painter, columns: () => this.state.columns,
      onMeasured: (rowHeight, seen) => this.body.measured(rowHeight, seen) });
  }

  #buildAround() {
    this.shelf = new Shelf({ lists: this.lists, controls: this.table.id, undo: this.undo, tell: this.tell, save: () => this.save(),
      onTurned: () => this.#turned(), onColumns: (columns) => this.#setColumns(columns) });
    this.hold = make("p", { class: "hold", hidden: "" }, "Order held while you are here");
    this.empty = make("p", { class: "empty", hidden: "", tabindex: "0" },
      "This list is empty. Type a symbol to add it, or paste several here: BTC-USD, SIM:ETH-USD");
    this.root.classList.add("watch");
    this.root.replaceChildren(this.shelf.element, this.table, this.empty, this.hold, this.undo.element);
  }

  #listen() {
    const { store, body } = this;
    this.hands = new Hands(this);
    this.drag = new Drag(body.element, { scroller: this.table, height: () => body.rowHeight, count: () => this.symbols.length,
      allowed: () => this.hands.mayMove(), onDrop: (symbol, gap) => this.hands.drop(symbol, gap) });
    store.on("quote", (symbol) => body.mark(symbol));
    store.on("refused", (symbol) => body.mark(symbol));
    store.on("instrument", (symbol) => this.#learned(symbol));
    store.on("status", (venue) => body.markAll((symbol) => venueOf(symbol) === venue));
    store.on("connection", () => body.markAll(() => true));
  }

  // ------------------------------------------------------------ what the desk does
  /** The symbols of the open list in their stored order. */
  get symbols() {
    return this.lists.symbols;
  }

  /** Show another document: {lists, list, columns, sort}. */
  replaceState(state) {
    const before = this.body.order;
    this.state = state;
    this.lists = new Lists(state);
    for (const instrument of state.lists.flatMap((list) => list.symbols)) this.#know(instrument);
    this.shelf.show(this.lists);
    this.#columned();
    if (same([...before].sort(), this.symbols.sort())) this.#listed();
    else this.#turned();
  }

  /** Open the first list whose name begins so. */
  openList(name) {
    this.shelf.openNamed(name);
  }

  /** Give the focus to the active chart's row, else to the first. */
  focus() {
    if (this.symbols.length) this.body.focus(this.body.home);
    else this.empty.focus();
  }

  /** Add an instrument at the end of the open list, where it isn't there yet, and show its row. */
  add(instrument) {
    this.addAll([instrument]);
    this.body.reveal(instrument.symbol);
  }

  /** Add instruments at the end of the open list, and show the first that is new. */
  addAll(instruments) {
    for (const instrument of instruments) this.#know(instrument);
    const wanted = instruments.map(({ symbol }) => symbol).filter((symbol) => !this.symbols.includes(symbol));
    const added = wanted.filter((symbol) => this.lists.add({ ...(this.store.instruments.get(symbol) ?? { symbol }) }));
    if (added.length < wanted.length) this.tell(this.lists.full);
    if (!added.length) return;
    this.#changed();
    this.body.reveal(added[0]);
  }

  /** Take a symbol off the open list; it can be had back for some seconds. */
  remove(symbol) {
    const { order, focused } = this.body;
    const next = order[order.indexOf(symbol) + 1] ?? order.at(-2);
    const back = this.lists.remove(symbol);
    if (!back) return;
    this.#changed();
    if (focused === symbol && next) this.body.focus(next);
    const there = focused === symbol;
    this.undo.offer(`${symbol} removed`, () => {
      back();
      this.#changed();
      if (there) this.body.focus(symbol);
    });
  }

  /** A symbol is called otherwise: it stays where it is, unless it is there already. */
  rename(from, to) {
    if (this.lists.rename(from, to)) this.#changed();
  }

  /** Put the symbol at `from` of the stored order to where `to` is. */
  move(from, to) {
    this.lists.move(from, to);
    this.#changed();
  }

  /** Mark the row of the symbol that the active chart shows. */
  select(symbol) {
    this.body.select(symbol);
    if (!this.hands.over) this.body.reveal(symbol);
  }

  /** Open the chart of the next (1) or the previous (-1) row, seen from the active chart's. */
  step(by) {
    this.hands.step(this.store.active, by);
  }

  /** Open the next (1) or the previous (-1) list. */
  turn(by) {
    this.shelf.open(this.lists.place + by);
  }

  /** Go on to the next of the most used sorts. */
  sortNext() {
    this.#sort(cycled(this.state.sort));
  }

  /** Show how old prices are, and once a second their lines and, if it isn't held, their order; called twice a second. */
  ages() {
    this.body.askAges();
    this.#beats += 1;
    if (this.#beats % 2) return;
    this.body.askTrends();
    if (this.state.sort) this.order();
    this.sparks.want(this.body.drawn.filter((symbol) => this.store.quotes.has(symbol)));
  }

  /** Order the rows anew, unless the order is held; that it is, is said when it matters. */
  order() {
    const now = this.#sorted();
    const hold = this.state.sort !== null && this.hands.holding;
    const shown = hold ? held(this.body.order, this.symbols) : now;
    this.hold.hidden = same(shown, now);
    if (!same(shown, this.body.order)) this.body.show(shown);
  }

  // ------------------------------------------------------------ inside
  #sorted() {
    return sorted(this.symbols, this.state.sort, (symbol) => this.store.quotes.get(symbol));
  }

  #know(instrument) {
    if (instrument.base && !this.store.instruments.has(instrument.symbol)) this.store.setInstrument(instrument);
  }

  #learned(symbol) {
    this.body.markAll((each) => legsOf(each).includes(symbol));
    if (this.lists.learn(this.store.instruments.get(symbol))) this.save();
  }

  #sort(sort) {
    this.state.sort = sort;
    this.save();
    this.head.sorted(sort);
    this.hold.hidden = true;
    this.body.show(this.#sorted());
    this.#want();
  }

  #setColumns(columns) {
    this.state.columns = columns;
    this.save();
    this.#columned();
  }

  #columned() {
    const { columns, sort } = this.state;
    this.shelf.menu.show(columns);
    this.head.columns(columns);
    this.head.sorted(sort);
    this.body.columns(columns);
    this.room.ask();
  }

  /** Another list is open: it begins at its top, in its own order. */
  #turned() {
    this.body.top();
    this.body.show(this.#sorted());
    this.#listed();
  }

  #changed() {
    this.#listed();
    this.save();
  }

  #listed() {
    this.sparks.keepOnly(this.lists.all);
    this.order();
    this.table.hidden = !this.symbols.length;
    this.empty.hidden = this.symbols.length > 0;
    this.#wantNow();
  }

  /** Say what is to be subscribed when a scrolling hand has settled. */
  #want() {
    this.#settling ??= setTimeout(() => this.#wantNow(), SETTLE);
  }

  #wantNow() {
    clearTimeout(this.#settling);
    this.#settling = null;
    const wanted = needsPrices(this.state.sort) ? this.symbols : this.body.drawn;
    if (wanted.length === this.wanted.size && wanted.every((symbol) => this.wanted.has(symbol))) return;
    this.wanted = new Set(wanted);
    this.onWant();
  }
}
