/** Wire floor. The lists of the watchlist, changed in place in the document that keeps them. */

import { cleanColumns } from "./columns.js";
import { moved } from "./order.js";

/** The name of the list that is made when the last one is deleted. */
const FIRST = "Watchlist";

/** As many as a document keeps; more would be gone with the next page. */
const MOST = { lists: 20, symbols: 500 };

const symbolOf = (instrument) => instrument.symbol;

export class Lists {
  /** @param {{lists: {name: string, symbols: {symbol: string}[]}[], list: number, columns: string[], sort: any}} state */
  constructor(state) {
    this.state = state;
    if (!state.lists.length) state.lists.push({ name: FIRST, symbols: [] });
    state.list = Math.max(0, Math.min(state.lists.length - 1, state.list ?? 0));
    state.columns = cleanColumns(state.columns ?? []);
    state.sort ??= null;
  }

  get open() {
    return this.state.lists[this.state.list];
  }

  /** The place of the open list. */
  get place() {
    return this.state.list;
  }

  get names() {
    return this.state.lists.map((list) => list.name);
  }

  /** The symbols of the open list in their stored order. */
  get symbols() {
    return this.open.symbols.map(symbolOf);
  }

  /** The symbols of all lists. */
  get all() {
    return new Set(this.state.lists.flatMap((list) => list.symbols.map(symbolOf)));
  }

  /** Return why the open list takes no more symbols, or "". */
  get full() {
    return this.open.symbols.length < MOST.symbols ? "" : `A list holds ${MOST.symbols} symbols at most.`;
  }

  /** Return why there can't be one more list, or "". */
  get complete() {
    return this.state.lists.length < MOST.lists ? "" : `There are ${MOST.lists} lists at most.`;
  }

  /** Add an instrument to the open list, at the end or at `place`; false when it is there, or the list is full. */
  add(instrument, place = this.open.symbols.length) {
    if (this.full || this.symbols.includes(instrument.symbol)) return false;
    this.open.symbols.splice(place, 0, instrument);
    return true;
  }

  /** Take a symbol off the open list; return the function that puts it back, null when it isn't there. */
  remove(symbol) {
    const list = this.open;
    const place = this.symbols.indexOf(symbol);
    if (place < 0) return null;
    const [instrument] = list.symbols.splice(place, 1);
    return () => list.symbols.some((each) => each.symbol === symbol) || list.symbols.splice(place, 0, instrument);
  }

  /** Call a symbol otherwise in all lists, where it then stands only once; true when one of them had it. */
  rename(from, to) {
    const having = this.state.lists.filter((list) => list.symbols.some((each) => each.symbol === from));
    for (const list of having) {
      const there = list.symbols.some((each) => each.symbol === to);
      list.symbols = list.symbols.flatMap((each) => (each.symbol !== from ? [each] : there ? [] : [{ symbol: to }]));
    }
    return having.length > 0;
  }

  /** Take in what is known of an instrument that was kept by its symbol alone; true when one was. */
  learn(instrument) {
    const bare = this.state.lists.flatMap((list) => list.symbols).filter((each) => each.symbol === instrument.symbol && !each.base);
    for (const each of bare) Object.assign(each, instrument);
    return bare.length > 0;
  }

  /** Put the symbol at `from` of the open list to where `to` is. */
  move(from, to) {
    this.open.symbols = moved(this.open.symbols, from, to);
  }

  /** Open the list at `place`; beyond either end begins the other. */
  turn(place) {
    const count = this.state.lists.length;
    this.state.list = ((place % count) + count) % count;
  }

  /** Return the place of the first list whose name is this, or else begins with it; -1 for none. */
  find(name) {
    const [names, text] = [this.names.map((each) => each.toLowerCase()), name.trim().toLowerCase()];
    const place = names.indexOf(text);
    return place >= 0 ? place : names.findIndex((each) => each.startsWith(text));
  }

  /** Add an empty list, open it, and return its place. */
  addList() {
    let number = this.state.lists.length + 1;
    while (this.names.includes(`List ${number}`)) number += 1;
    this.state.lists.push({ name: `List ${number}`, symbols: [] });
    this.state.list = this.state.lists.length - 1;
    return this.state.list;
  }

  renameList(place, name) {
    this.state.lists[place].name = name;
  }

  /** Delete a list and return the function that puts it back and opens it. There is always one left. */
  deleteList(place) {
    const { state } = this;
    const [gone] = state.lists.splice(place, 1);
    const made = state.lists.length ? null : { name: FIRST, symbols: [] };
    if (made) state.lists.push(made);
    if (state.list > place || state.list >= state.lists.length) state.list = Math.max(0, state.list - 1);
    return () => {
      if (made && !made.symbols.length) state.lists.splice(state.lists.indexOf(made), 1);
      state.list = Math.min(place, state.lists.length);
      state.lists.splice(state.list, 0, gone);
    };
  }
}
