/** View floor. The dialog of indicators: a list to search on the left, those on the chart, to be edited, on the right. */

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
   *   get: () => import("./studies.js").Chosen[], set: (studies: import("./studies.js").Chosen[]) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.dialog = this.#build();
    document.body.append(this.dialog);
  }

  /** Show the dialog, about the chart that is active now. */
  open() {
    if (this.dialog.open) return;
    this.input.value = "";
    setText(this.said, "");
    this.#search();
    this.#list();
    this.dialog.showModal();
    this.input.focus();
  }

  #build() {
    const close = make("button", { type: "button", class: "close", "aria-label": "Close" }, "×");
    close.addEventListener("click", () => this.dialog.close());
    this.said = make("p", { role: "status", class: "unseen" });
    const head = make("header", {}, make("h2", {}, "Indicators"), make("span", { class: "hint" }, "Enter adds · Esc closes"), close);
    const dialog = make("dialog", { class: "studies", "aria-label": "Indicators" },
      make("div", { class: "sheet" }, head, make("div", { class: "halves" }, this.#finder(), this.#holder()), this.said));
    // What is typed here is meant for nothing else on the page.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("mousedown", (event) => event.target === dialog && dialog.close());
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
    this.empty = make("p", { class: "note" }, "None yet. Choose one from the list; it moves nothing on the chart.");
    return make("section", { class: "chosen", "aria-label": "On this chart" }, make("h3", {}, "On this chart"), this.held, this.empty);
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
    else if (event.key === "Enter" && many) this.#add(this.#offers[this.#chosen]);
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
    this.empty.hidden = this.#rows.length > 0;
  }

  #row(study) {
    const row = new StudyRow(study, this.definitions().get(study.kind), {
      onChange: (changed) => this.set(this.get().map((each, place) => (place === this.#rows.indexOf(row) ? changed : each))),
      onRemove: () => this.#remove(this.#rows.indexOf(row)),
    });
    return row;
  }

  #add(definition) {
    const study = beside(this.get(), definition);
    this.set([...this.get(), study]);
    this.#list();
    this.held.lastElementChild?.scrollIntoView({ block: "nearest" });
    setText(this.said, `${label(study, definition)} added`);
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
