/** View floor. What stands around the charts: watchlist, details, and the panels below. */

import { fetchElsewhere, fetchSparks, fetchVenues } from "../api.js";
import { Bottom } from "../panels/bottom.js";
import { Details } from "../panels/details.js";
import { Elsewhere } from "../panels/elsewhere.js";
import { Tape } from "../panels/tape.js";
import { VenueTable } from "../panels/venues.js";
import { Watchlist } from "../watchlist/watchlist.js";
import { Splitter } from "./splitter.js";

const NARROWEST = 260;
const WIDEST = 900;

export class Around {
  /**
   * @param {{watchlist: HTMLElement, details: HTMLElement, bottom: HTMLElement, side: HTMLElement}} roots
   * @param {{store: any, painter: any, clock: any, venues: Map<string, any>, session: any, calm: () => boolean,
   *   tell: (text: string) => void, save: () => void, document: any, desk: () => any,
   *   onOpen: (symbol: string) => void, onAdd: (instrument: {symbol: string}) => void, onWant: () => void}} parts
   */
  constructor(roots, { document: kept, onAdd, ...parts }) {
    Object.assign(this, { save: parts.save, desk: parts.desk });
    this.watchlist = new Watchlist(roots.watchlist, { ...parts, fetchSparks, state: kept });
    this.elsewhere = new Elsewhere({ ...parts, fetchElsewhere, onOpen: (symbol) => onAdd({ symbol }) });
    this.tape = new Tape({ ...parts, state: kept.tape });
    this.venues = new VenueTable({ ...parts, fetchVenues });
    this.details = new Details({ ...parts, fetchVenues });
    roots.details.append(this.details.element);
    this.bottom = this.#bottom(roots.bottom);
    const edge = new Splitter({ vertical: true, label: "Width of the side", onMove: (pixels) => this.#widen(this.desk().side.width - pixels), onEnd: this.save });
    roots.side.prepend(edge.element);
  }

  #bottom(root) {
    const { tape, elsewhere, venues } = this;
    return new Bottom(root, { state: this.desk().bottom, save: this.save, panels: [
      { id: "tape", title: "Time & sales", side: "left", element: tape.element, tools: tape.tools },
      { id: "elsewhere", title: "Same asset elsewhere", side: "right", element: elsewhere.element, tools: elsewhere.tools },
      { id: "venues", title: "Venues", side: "right", element: venues.element },
    ] });
  }

  /** Show what a document keeps of lists and trades. */
  showDocument(kept) {
    this.watchlist.replaceState(kept);
    this.tape.show(kept.tape);
  }

  /** Show the sizes and tabs of the open desk. */
  showDesk() {
    const { bottom, side } = this.desk();
    this.#widen(side.width);
    this.bottom.show(bottom);
  }

  #widen(width) {
    const { side } = this.desk();
    side.width = Math.min(WIDEST, Math.max(NARROWEST, width));
    document.documentElement.style.setProperty("--side", `${side.width}px`);
  }

  /** Have what goes by the clock painted. */
  tick() {
    this.watchlist.ages();
    for (const part of [this.tape, this.details, this.elsewhere, this.venues]) part.ask();
  }
}
