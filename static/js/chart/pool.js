/** View floor. Elements that are used again: as many are shown as there are things to show. */

import { setAttribute } from "../dom.js";

export class Pool {
  #elements = [];

  /** @param {Element} parent @param {() => Element} create */
  constructor(parent, create) {
    Object.assign(this, { parent, create });
  }

  /** Return the element of the item at a place. */
  at(place) {
    return this.#elements[place];
  }

  /** Show one element for each item, as `paint` makes it. @param {any[]} items @param {(element: any, item: any, place: number) => void} paint */
  show(items, paint) {
    while (this.#elements.length < items.length) {
      const element = this.create();
      this.#elements.push(element);
      this.parent.append(element);
    }
    items.forEach((item, place) => paint(this.#elements[place], item, place));
    this.#elements.forEach((element, place) => show(element, place < items.length));
  }
}

/** Show or hide an element that keeps its place. */
export function show(element, shown) {
  element.classList.toggle("gone", !shown);
}

/** Set a path's outline, touching the page only when it differs. */
export function trace(path, outline) {
  setAttribute(path, "d", outline || "M0 0");
}
