/** View floor. How the lines to the venues are: a dot, a name and, when something is wrong, why. */

import { make, setAttribute, setText } from "./dom.js";

const GOOD = new Set(["live", "polling"]);

/** More venues than this are named in brief; why one is away is then told by its title, and at a click. */
const FEW = 6;

/** Return the words for how a venue is: its name, what its prices are, its state and the reason. */
export function venueText({ venue, title, simulated, delay_minutes: delay }, status) {
  const words = [simulated ? `${venue} SIMULATED` : title];
  if (delay) words.push(`DELAYED ${delay} min`);
  if (status && !GOOD.has(status.state)) words.push(status.state);
  const text = words.join(" ");
  return status?.reason && !GOOD.has(status.state) ? `${text}: ${status.reason}` : text;
}

/** Return the same in a word or two. */
export function venueBrief({ venue, title, simulated }, status) {
  const name = simulated ? `${venue} SIMULATED` : title;
  return status && !GOOD.has(status.state) ? `${name} ${status.state}` : name;
}

export class Venues {
  #chips = new Map();

  /**
   * @param {HTMLElement} root
   * @param {{store: import("./store.js").Store, painter: import("./painter.js").Painter, venues: Map<string, any>,
   *   tell: (text: string) => void}} parts
   */
  constructor(root, { store, painter, venues, tell }) {
    Object.assign(this, { root, store, venues, tell });
    for (const venue of venues.keys()) this.#chip(venue);
    const ask = painter.job(() => this.#paint());
    store.on("status", ask);
    ask();
  }

  #chip(venue) {
    const text = make("span", { class: "what" });
    const element = make("span", { class: "venue-chip", "data-venue": venue, "data-state": "connecting" },
      make("i", { class: "dot", "aria-hidden": "true" }), text);
    element.addEventListener("click", () => this.tell(element.title));
    this.#chips.set(venue, { element, text });
    this.root.append(element);
  }

  #paint() {
    for (const venue of this.store.statuses.keys()) if (!this.#chips.has(venue)) this.#chip(venue);
    for (const [venue, { element, text }] of this.#chips) {
      const status = this.store.statuses.get(venue);
      const facts = this.venues.get(venue) ?? { venue, title: venue };
      const words = venueText(facts, status);
      setAttribute(element, "data-state", status?.state ?? "connecting");
      setAttribute(element, "title", words);
      setText(text, this.#chips.size > FEW ? venueBrief(facts, status) : words);
    }
  }
}
