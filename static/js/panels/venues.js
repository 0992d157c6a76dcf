/** View floor. All venues that are on, in figures: how the line is, since when and why, and what comes over it. */

import { make, setAttribute, setText } from "../dom.js";
import { formatAge, formatClock, formatDay, formatPrice } from "../format.js";
import { FORMULA } from "../symbols.js";
import { titleOf } from "../venues.js";
import { formatOffset } from "./figures.js";
import { Poll } from "./poll.js";
import { whenSeen } from "./seen.js";

const EVERY = 5000;
const HEADS = {
  venue: ["Venue", ""], state: ["Line", "How it is, and for how long"], symbols: ["Sym.", "Symbols that are read now"],
  ticks: ["Ticks/s", ""], last: ["Last", "How long ago the last tick was when that was told"], reconnects: ["Reconn.", "How often the line was made anew"],
  errors: ["Errors", "Since the start"], clock: ["Clock", "From the venue's time to ours at the quickest"],
};

/** Return a venue's name for people; a simulated one is called by its symbols' word, for what it is stands beside it. */
export function nameFor(venue, facts) {
  if (venue === FORMULA) return "Formulas";
  return facts && !facts.simulated ? titleOf(facts) : venue;
}

/** Return the word for what a venue's prices are beside real and at once: SIMULATED, REPLAY, DELAYED, or none. */
export function kindWord({ simulated, replay, delay_minutes: delay } = {}) {
  if (replay) return "REPLAY";
  if (simulated) return "SIMULATED";
  return delay ? "DELAYED" : "";
}

/** Return a venue's name and what its prices are, in full. */
export function nameInFull(venue, facts) {
  const delay = facts?.delay_minutes ? `${facts.delay_minutes} min` : "";
  return [nameFor(venue, facts), kindWord(facts), delay].filter(Boolean).join(" ");
}

/** Return how many ticks a second come. */
function rateText(rate) {
  return Number.isFinite(rate) ? formatPrice(rate, rate < 100 ? 1 : 0) : "–";
}

/** Return the sentence while figures are missing or `known` ones are old. */
export function troubleText(trouble, known) {
  if (!trouble) return "Asking how the venues are …";
  return `${known ? "These figures are old" : "How the venues are isn't known"}: ${trouble}. They are asked for again every 5 s.`;
}

class VenueRow {
  #cells = {};

  constructor() {
    for (const field of Object.keys(HEADS)) this.#cells[field] = make("span", { role: field === "venue" ? "rowheader" : "cell", "data-cell": field });
    [this.name, this.word] = [make("b"), make("span", { class: "word" })];
    [this.state, this.since] = [make("span"), make("span", { class: "venue-since" })];
    this.reason = make("span", { role: "cell", class: "venue-reason", hidden: "" });
    this.#cells.venue.append(this.name, this.word);
    this.#cells.state.append(make("i", { class: "venue-dot", "aria-hidden": "true" }), this.state, this.since);
    this.element = make("div", { class: "venue-row", role: "row" }, ...Object.values(this.#cells), this.reason);
  }

  /** Show a venue. @param {any} status as /api/venues tells it, with the newest state @param {{now: number, asked: number}} times ms; when it was told */
  paint(status, facts, { now, asked }) {
    setAttribute(this.element, "data-line", status.state);
    setText(this.name, nameFor(status.venue, facts));
    setText(this.word, kindWord(facts));
    setAttribute(this.#cells.venue, "title", nameInFull(status.venue, facts));
    setText(this.state, status.state);
    const age = formatAge(now - status.since);
    setText(this.since, status.reason ? "" : age);
    setAttribute(this.#cells.state, "title", `since ${formatDay(status.since)} ${formatClock(status.since)} UTC`);
    this.reason.hidden = !status.reason;
    setText(this.reason, status.reason ? `for ${age}: ${status.reason}` : "");
    const told = {
      symbols: status.symbols, ticks: rateText(status.ticks_per_second), last: status.last_tick ? formatAge(asked - status.last_tick) : "–",
      reconnects: status.reconnects, errors: status.errors, clock: formatOffset(status.clock_offset ?? NaN),
    };
    for (const [field, text] of Object.entries(told)) setText(this.#cells[field], String(text ?? "–"));
    for (const field of ["reconnects", "errors"]) setAttribute(this.#cells[field], "data-some", status[field] > 0 ? "" : null);
  }
}

export class VenueTable {
  /** @type {any[]|null} */
  #statuses = null;
  #trouble = "";
  #asked = 0;
  /** @type {Map<string, VenueRow>} */
  #rows = new Map();

  /**
   * @param {{store: import("../store.js").Store, painter: import("../painter.js").Painter,
   *   clock: import("../clock.js").Clock, venues: Map<string, any>, fetchVenues: () => Promise<any[]>}} parts
   */
  constructor({ store, painter, clock, venues, fetchVenues }) {
    Object.assign(this, { store, clock, venues });
    /** Have it painted: the ages at least. */
    this.ask = painter.job(() => this.#paint());
    this.#build();
    store.on("status", this.ask);
    this.poll = new Poll({ fetch: fetchVenues, every: EVERY, take: (statuses) => this.#take(statuses, ""), fail: (reason) => this.#take(this.#statuses, reason) });
    this.again.addEventListener("click", () => this.poll.now());
    whenSeen(this.element, (seen) => { this.poll.look(seen); this.ask(); }, { hidden: true });
  }

  #build() {
    const heads = Object.entries(HEADS).map(([field, [text, title]]) => make("span", { role: "columnheader", "data-cell": field, title: title || null }, text));
    this.body = make("div", { role: "rowgroup", class: "panel-rows", tabindex: "0", "aria-label": "Lines to the venues" });
    this.text = make("span");
    this.again = make("button", { type: "button" }, "Try again");
    this.note = make("p", { class: "panel-note" }, this.text, this.again);
    const head = make("div", { role: "rowgroup", class: "panel-head" }, make("div", { role: "row", class: "venue-row" }, ...heads));
    this.element = make("div", { class: "venue-table panel-table", role: "table", "aria-label": "Venues" }, head, this.body, this.note);
  }

  #take(statuses, trouble) {
    if (!trouble) this.#asked = this.clock.time();
    [this.#statuses, this.#trouble] = [statuses, trouble];
    this.ask();
  }

  #row(venue) {
    if (!this.#rows.has(venue)) {
      this.#rows.set(venue, new VenueRow());
      this.body.append(this.#rows.get(venue).element);
    }
    return this.#rows.get(venue);
  }

  #paint() {
    const times = { now: this.clock.time(), asked: this.#asked };
    for (const status of this.#statuses ?? []) {
      this.#row(status.venue).paint({ ...status, ...this.store.statuses.get(status.venue) }, this.venues.get(status.venue), times);
    }
    this.note.hidden = Boolean(this.#statuses) && !this.#trouble;
    this.again.hidden = !this.#trouble;
    setText(this.text, troubleText(this.#trouble, Boolean(this.#statuses)));
  }
}
