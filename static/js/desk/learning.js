/** View floor. What the page finds out beside the stream: facts of instruments, states of venues, indicators. */

import { loadDefinitions } from "../studies.js";
import { legsOf } from "../symbols.js";

export class Learning {
  /** @param {{store: any, session: any, fetchSymbols: any, fetchVenues: any, tell: (text: string) => void}} parts */
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Fetch the facts (tick size, title) of what a symbol is made of, where they didn't come with it. */
  about(symbol) {
    for (const leg of legsOf(symbol)) this.#aboutOne(leg);
  }

  async #aboutOne(symbol) {
    if (this.store.instruments.has(symbol)) return;
    const found = await this.fetchSymbols({ q: symbol, limit: 5 }).catch(() => []);
    const instrument = found.find((each) => each.symbol === symbol);
    if (instrument) this.store.setInstrument(instrument);
  }

  /** Take the facts that the lists keep; those of the open one that lack them are fetched. */
  ofLists({ lists, list }) {
    for (const { symbols } of lists) for (const instrument of symbols) if (instrument.base) this.store.setInstrument(instrument);
    for (const { symbol } of lists[list].symbols) this.about(symbol);
  }

  /** The states of the venues that nobody subscribed to yet. */
  async venues() {
    const known = await this.fetchVenues().catch(() => []);
    this.session.hops.clocks(known);
    for (const status of known) if (!this.store.statuses.has(status.venue)) this.store.setStatus(status);
  }

  /** Put the indicators at these addresses into `definitions`. */
  async indicators(addresses, definitions) {
    const found = await loadDefinitions(addresses, (address, { message }) => this.tell(`${address}: ${message}`));
    for (const [kind, definition] of found) definitions.set(kind, definition);
  }
}
