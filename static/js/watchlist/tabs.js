/** View floor. The lists as tabs: open, add, rename, delete. */

import { make } from "../dom.js";

const LONGEST = 40;

export class Tabs {
  #names = [];
  #open = 0;

  /**
   * @param {{controls: string, onOpen: (place: number) => void, onAdd: () => void,
   *   onRename: (place: number, name: string) => void, onDelete: (place: number) => void}} parts
   *   `controls` is the id of what the tabs switch
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.list = make("div", { role: "tablist", "aria-label": "Lists", class: "tabs" });
    this.plus = make("button", { type: "button", class: "plus", "aria-label": "New list", title: "New list" }, "+");
    this.element = make("div", { class: "tabs-room" }, this.list, this.plus);
    this.plus.addEventListener("click", () => this.onAdd());
    this.list.addEventListener("click", (event) => this.#click(event));
    this.list.addEventListener("dblclick", (event) => this.#placeOf(event.target) >= 0 && this.rename(this.#placeOf(event.target)));
    this.list.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show lists by their names, one of them open. */
  show(names, open) {
    const focused = this.list.contains(document.activeElement);
    [this.#names, this.#open] = [names, open];
    this.list.replaceChildren(...names.map((name, place) => this.#tab(name, place === open)));
    if (focused) this.list.children[open]?.focus();
    this.list.children[open]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #tab(name, open) {
    return make("button", { type: "button", role: "tab", "aria-selected": String(open), "aria-controls": this.controls,
      tabindex: open ? "0" : "-1", title: "Double-click or F2: rename" }, name);
  }

  #placeOf(target) {
    return [...this.list.children].indexOf(target.closest("[role=tab]"));
  }

  /** Not again for the open one: it would be made anew under a double-click. */
  #click(event) {
    const place = this.#placeOf(event.target);
    if (place >= 0 && place !== this.#open) this.onOpen(place);
  }

  #key(event) {
    const place = this.#placeOf(event.target);
    if (place < 0) return;
    const count = this.#names.length;
    const steps = { ArrowRight: (place + 1) % count, ArrowLeft: (place + count - 1) % count, Home: 0, End: count - 1 };
    if (event.key in steps) this.onOpen(steps[event.key]);
    else if (event.key === "F2") this.rename(place);
    else if (event.key === "Delete") this.onDelete(place);
    else return;
    event.preventDefault();
  }

  /** Have the name of a list written anew, in its place. */
  rename(place) {
    const tab = this.list.children[place];
    const input = make("input", { type: "text", "aria-label": "Name of the list", maxlength: LONGEST, spellcheck: "false", size: "12" });
    let over = false;
    const end = (keep) => {
      if (over) return;
      over = true;
      const name = input.value.trim();
      input.replaceWith(tab);
      tab.focus();
      if (keep && name && name !== this.#names[place]) this.onRename(place, name);
    };
    input.value = this.#names[place];
    input.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") end(true);
      if (event.key === "Escape") end(false);
    });
    input.addEventListener("blur", () => end(true));
    tab.replaceWith(input);
    input.select();
    input.focus();
  }
}
