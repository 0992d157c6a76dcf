/** View floor. What stands around the charts: the watchlist at once, details and the panels below a little later. */

import { fetchSparks } from "../api.js";
import { fitting } from "../panels/height.js";
import { Watchlist } from "../watchlist/watchlist.js";
import { Splitter } from "./splitter.js";

const NARROWEST = 260;
const WIDEST = 900;
/** As desk.css has it. */
const MOST_OF_WINDOW = 0.45;

export class Around {
  /** @type {import("./panels.js").Panels|null} */
  panels = null;

  /**
   * @param {{watchlist: HTMLElement, details: HTMLElement, bottom: HTMLElement, side: HTMLElement}} roots
   * @param {{store: any, painter: any, clock: any, venues: Map<string, any>, session: any, calm: () => boolean,
   *   tell: (text: string) => void, save: () => void, document: () => any, desk: () => any,
   *   onOpen: (symbol: string) => void, onAdd: (instrument: {symbol: string}) => void, onWant: () => void}} parts
   */
  constructor(roots, parts) {
    Object.assign(this, { roots, parts, desk: parts.desk });
    this.watchlist = new Watchlist(roots.watchlist, { ...parts, fetchSparks, state: parts.document() });
    const edge = new Splitter({ vertical: true, label: "Width of the side", onMove: (pixels) => this.#widen(this.desk().side.width - pixels), onEnd: parts.save });
    roots.side.prepend(edge.element);
  }

  /** Bring the panels; until then their room is kept free. */
  async load() {
    const { Panels } = await import("./panels.js");
    this.panels = new Panels(this.roots, this.parts);
    this.parts.onWant();
  }

  /** Show what a document keeps of lists and trades. */
  showDocument(kept) {
    this.watchlist.replaceState(kept);
    this.panels?.tape.show(kept.tape);
  }

  /** Show the sizes and tabs of the open desk. */
  showDesk() {
    const { bottom, side } = this.desk();
    this.#widen(side.width);
    if (this.panels) this.panels.bottom.show(bottom);
    else this.roots.bottom.style.height = bottom.open ? `${fitting(bottom.height, window.innerHeight)}px` : "";
  }

  #widen(width) {
    const { side } = this.desk();
    side.width = Math.min(WIDEST, window.innerWidth * MOST_OF_WINDOW, Math.max(NARROWEST, width));
    document.documentElement.style.setProperty("--side", `${side.width}px`);
  }

  /** Have what goes by the clock painted. */
  tick() {
    this.watchlist.ages();
    this.panels?.tick();
  }
}
