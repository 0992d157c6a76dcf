/** View floor. What is told of the symbol in use, beside the charts and below them: loaded once prices move. */

import { fetchElsewhere, fetchVenues } from "../api.js";
import { Bottom } from "../panels/bottom.js";
import { Details } from "../panels/details.js";
import { Elsewhere } from "../panels/elsewhere.js";
import { Tape } from "../panels/tape.js";
import { VenueTable } from "../panels/venues.js";

export class Panels {
  /**
   * @param {{details: HTMLElement, bottom: HTMLElement}} roots
   * @param {any} parts of around.js: `document` and `desk` give the state of those that are shown
   */
  constructor(roots, { onAdd, ...parts }) {
    this.elsewhere = new Elsewhere({ ...parts, fetchElsewhere, onOpen: (symbol) => onAdd({ symbol }) });
    this.tape = new Tape({ ...parts, state: parts.document().tape });
    this.venues = new VenueTable({ ...parts, fetchVenues });
    this.details = new Details({ ...parts, fetchVenues });
    roots.details.append(this.details.element);
    this.bottom = this.#bottom(roots.bottom, parts);
  }

  #bottom(root, { save, desk }) {
    const { tape, elsewhere, venues } = this;
    return new Bottom(root, { state: desk().bottom, save, panels: [
      { id: "tape", title: "Time & sales", side: "left", element: tape.element, tools: tape.tools },
      { id: "elsewhere", title: "Same asset elsewhere", side: "right", element: elsewhere.element, tools: elsewhere.tools },
      { id: "venues", title: "Venues", side: "right", element: venues.element },
    ] });
  }

  /** Have what goes by the clock painted. */
  tick() {
    for (const part of [this.tape, this.details, this.elsewhere, this.venues]) part.ask();
  }
}
