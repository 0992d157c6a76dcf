/** View floor. The dialog of indicators: a list to search on the left, those on the chart, to be edited, on the right. */

import { makeDialog, show } from "./commands/dialog.js";
import { make, setAttribute, setText } from "./dom.js";
import { StudyRow } from "./studyrow.js";
import { beside, label, matching } from "./studies.js";

const PLACES = { over: "on the price", pane: "own pane", profile: "beside the bars" };

export class StudyBox {
  #offers = [];
  #chosen = 0;
  /** @type {StudyRow[]} */
  #rows = [];

  /**
   * @param {{definitions: () => Map<string, import("./studies.js").Definition>,
   *   get: () => import("./studies.js").Chosen[], set: (studies: import("./studies.js").Chosen[]) => void,
   *   most?: number}} parts `most`: as many as a chart keeps
   */
  constructor({ most = 12, ...parts }) {
    Object.assign(this, parts, { most });
    this.dialog = this.#build();
  }

  /** Show the dialog, about the chart that is active now. */
  open() {
    if (this.dialog.open) return;
    this.input.value = "";
    setText(this.said, "");
    this.#search();
    this.#list();
    show(this.dialog);
    this.held.scrollTop = 0;
    this.input.focus();
  }

  #build() {
    this.said = make("p", { role: "status", class: "unseen" });
    const halves = make("div", { class: "halves" }, this.#finder(), this.#holder());
    const dialog = makeDialog("Indicators", "studies", halves, make("p", { class: "hint" }, "↑ ↓ choose · Enter adds · Esc closes"), this.said);
    // What is typed here is meant for nothing else on the page.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    return dialog;
  }

  #finder() {
    this.input = make("input", { type: "text", role: "combobox", "aria-label": "Search indicators", "aria-expanded": "true",
      "aria-controls": "study-offers", "aria-autocomplete": "list", placeholder: "Search", autocomplete: "off", spellcheck: "false" });
    this.offers = make("ul", { role: "listbox", id: "study-offers", "aria-label": "Indicators to add" });
    this.none = make("p", { class: "note" });
    this.input.addEventListener("input", () => this.#search());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.offers.addEventListener("mousedown", (event) => event.preventDefault());
    this.offers.addEventListener("click", (event) => this.#click(event));
    return make("section", { class: "find" }, this.input, this.offers, this.none);
  }

  #holder() {
    this.held = make("div", { class: "held" });
    this.note = make("p", { class: "note" });
    return make("section", { class: "chosen", "aria-label": "On this chart" }, make("h3", {}, "On this chart"), this.held, this.note);
  }

  // ------------------------------------------------------------ the list to choose from
  #search() {
    this.#offers = matching(this.definitions(), this.input.value);
    this.offers.replaceChildren(...this.#offers.map((each) => this.#option(each)));
    this.offers.hidden = !this.#offers.length;
    this.none.hidden = this.#offers.length > 0;
    setText(this.none, this.definitions().size ? `No indicator is called ${this.input.value.trim()}.` : "No indicator could be loaded.");
    this.#choose(0);
  }

  #option({ kind, title, long, place }) {
    const name = long === title ? [] : [make("span", { class: "long" }, long)];
    return make("li", { role: "option", id: `study-option-${kind}`, "data-kind": kind },
      make("b", {}, title), ...name, make("span", { class: "place" }, PLACES[place]));
  }

  #choose(place) {
    this.#chosen = place;
    [...this.offers.children].forEach((option, each) => setAttribute(option, "aria-selected", each === place));
    const option = this.offers.children[place];
    option?.scrollIntoView({ block: "nearest" });
    setAttribute(this.input, "aria-activedescendant", option?.id);
  }

  #key(event) {
    const many = this.#offers.length;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && many) this.#choose((this.#chosen + 1) % many);
    else if (event.key === "ArrowUp" && many) this.#choose((this.#chosen + many - 1) % many);
    else if (event.key === "Enter" && many && !event.repeat) this.#add(this.#offers[this.#chosen]);
    else return;
    event.preventDefault();
  }

  #click(event) {
    const place = [...this.offers.children].indexOf(event.target.closest("[data-kind]"));
    if (place < 0) return;
    this.#choose(place);
    this.#add(this.#offers[place]);
  }

  // ------------------------------------------------------------ those on the chart
  #list() {
    this.#rows = this.get().map((study) => this.#row(study));
    this.held.replaceChildren(...this.#rows.map(({ element }) => element));
    this.note.hidden = this.#rows.length > 0 && !this.#full;
    setText(this.note, this.#full ? `A chart holds ${this.most} indicators: remove one to add another.` : "None yet. Choose one from the list.");
  }

  #row(study) {
    const row = new StudyRow(study, this.definitions().get(study.kind), {
      onChange: (changed) => this.set(this.get().map((each, place) => (place === this.#rows.indexOf(row) ? changed : each))),
      onRemove: () => this.#remove(this.#rows.indexOf(row)),
    });
    return row;
  }

  get #full() {
    return this.get().length >= this.most;
  }

  #add(definition) {
    if (this.#full) return setText(this.said, this.note.textContent);
    const study = beside(this.get(), definition);
    this.set([...this.get(), study]);
    this.#list();
    this.held.lastElementChild?.scrollIntoView({ block: "nearest" });
    return setText(this.said, `${label(study, definition)} added`);
  }

  #remove(place) {
    setText(this.said, `${this.#rows[place].name} removed`);
    this.set(this.get().filter((_, each) => each !== place));
    this.#list();
    const next = this.#rows[Math.min(place, this.#rows.length - 1)];
    if (next) next.remove.focus();
    else this.input.focus();
  }
}
