/** View floor. How the lines to the venues are: a dot, a name and, when something is wrong, why. */

import { make, setAttribute, setText } from "./dom.js";
import { FORMULA } from "./symbols.js";

const GOOD = new Set(["live", "polling"]);

/** More venues than this are named in brief; why one is away is then told by its title, and at a click. */
const FEW = 6;

const said = (status) => (status && !GOOD.has(status.state) ? status.state : "");

/** Return a venue's name for people. A recording's word stands in places of its own. */
export function titleOf({ title }) {
  return title.replace(/ · REPLAY$/, "");
}

function originWord({ simulated, replay }) {
  return replay ? "REPLAY" : simulated ? "SIMULATED" : "";
}

/** Return the words for how a venue is: its name, what its prices are, its state and the reason. */
export function venueText(facts, status) {
  const delay = facts.delay_minutes ? `DELAYED ${facts.delay_minutes} min` : "";
  const name = facts.simulated ? facts.venue : titleOf(facts);
  const text = [name, originWord(facts), delay, said(status)].filter(Boolean).join(" ");
  return status?.reason && said(status) ? `${text}: ${status.reason}` : text;
}

/** Return the same in a word or two; the state is left to the colour, the title, and those who hear the page. */
export function venueBrief(facts) {
  return [facts.venue, originWord(facts) || (facts.delay_minutes ? "DELAYED" : "")].filter(Boolean).join(" ");
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
    const heard = make("span", { class: "unseen" });
    const element = make("span", { class: "venue-chip", "data-venue": venue, "data-state": "connecting" },
      make("i", { class: "dot", "aria-hidden": "true" }), text, heard);
    element.addEventListener("click", () => this.tell(element.title));
    this.#chips.set(venue, { element, text, heard });
    this.root.append(element);
  }

  #paint() {
    for (const venue of this.store.statuses.keys()) if (!this.#chips.has(venue)) this.#chip(venue);
    const brief = this.#chips.size > FEW;
    this.root.classList.toggle("brief", brief);
    for (const [venue, chip] of this.#chips) this.#paintChip(venue, chip, brief);
  }

  /** Formulas have no line: their chip is there while one is watched. */
  #paintChip(venue, { element, text, heard }, brief) {
    const status = this.store.statuses.get(venue);
    const facts = this.venues.get(venue) ?? { venue, title: venue === FORMULA ? "Formulas" : venue };
    const words = venueText(facts, status);
    element.hidden = venue === FORMULA && status?.state === "off";
    setAttribute(element, "data-state", status?.state ?? "connecting");
    setAttribute(element, "title", words);
    setText(text, brief ? venueBrief(facts) : words);
    setText(heard, brief ? said(status) : "");
  }
}
