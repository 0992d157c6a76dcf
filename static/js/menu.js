/** View floor. Menus, of a button or at a point: made anew each time they open, walked with the arrow keys, left with Esc. */

import { make } from "./dom.js";

/** @typedef {{text: string, run?: () => void, checked?: boolean, kind?: "radio"|"check"|"heading"|"action", swatch?: string, hint?: string}} Item */

const ROLE = { radio: "menuitemradio", check: "menuitemcheckbox", action: "menuitem" };

/** What is chosen from, once it is open. */
export class MenuList {
  /**
   * @param {string} name @param {{home: () => HTMLElement, button?: HTMLElement, onClose?: () => void}} parts `home` has
   *   the focus when the list is left; a press of `button` doesn't close it
   */
  constructor(name, { home, button, onClose = () => {} }) {
    Object.assign(this, { home, button, onClose });
    this.element = make("div", { class: "menu", role: "menu", "aria-label": name, hidden: "" });
    this.element.addEventListener("keydown", (event) => this.#key(event));
    this.element.addEventListener("focusout", (event) => this.#inside(event.relatedTarget) || this.close());
    document.addEventListener("pointerdown", (event) => this.#inside(event.target) || this.close());
  }

  #inside(element) {
    return this.element.contains(element) || Boolean(this.button?.contains(element));
  }

  #take(event, run) {
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  /** Show what there is, where `lay` puts it, and stand on what is chosen. @param {Item[]} items @param {() => void} lay */
  open(items, lay) {
    this.element.replaceChildren(...items.map((item) => this.#item(item)));
    this.element.hidden = false;
    lay();
    const buttons = this.#buttons();
    this.#stand(buttons.find((each) => each.getAttribute("aria-checked") === "true") ?? buttons[0]);
  }

  close() {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.onClose();
  }

  #leave() {
    this.close();
    this.home().focus();
  }

  /** Of all items one can be reached with Tab: where one stands. */
  #stand(button) {
    for (const each of this.#buttons()) each.tabIndex = each === button ? 0 : -1;
    button?.focus();
  }

  #buttons() {
    return [...this.element.querySelectorAll("button")];
  }

  #item({ text, run, checked, kind = "action", swatch, hint }) {
    if (kind === "heading") return make("div", { class: "menu-heading", role: "presentation" }, text);
    const button = make("button", { type: "button", role: ROLE[kind], tabindex: "-1", "aria-checked": kind === "action" ? null : String(Boolean(checked)) });
    if (swatch) button.append(make("i", { class: `swatch link-${swatch}`, "aria-hidden": "true" }));
    button.append(make("span", {}, text));
    if (hint) button.append(make("kbd", {}, hint));
    button.addEventListener("click", () => { this.#leave(); run(); });
    return button;
  }

  #key(event) {
    const buttons = this.#buttons();
    const at = buttons.indexOf(document.activeElement);
    const go = (place) => this.#take(event, () => this.#stand(buttons[(place + buttons.length) % buttons.length]));
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(buttons.length - 1);
    else if (event.key === "Escape") this.#take(event, () => this.#leave());
  }
}

/** A button with a menu. */
export class Menu {
  /** @param {HTMLButtonElement} button @param {() => Item[]} items */
  constructor(button, items) {
    Object.assign(this, { button, items });
    const name = button.getAttribute("aria-label") ?? button.textContent;
    this.list = new MenuList(name, { home: () => button, button, onClose: () => button.setAttribute("aria-expanded", "false") });
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.after(this.list.element);
    button.addEventListener("click", () => (this.list.element.hidden ? this.open() : this.list.close()));
    button.addEventListener("keydown", (event) => event.key === "ArrowDown" && this.#down(event));
  }

  #down(event) {
    event.preventDefault();
    event.stopPropagation();
    this.open();
  }

  /** Show the menu. */
  open() {
    this.button.setAttribute("aria-expanded", "true");
    this.list.open(this.items(), () => this.#fit());
  }

  /** A menu near the right edge opens to the left. */
  #fit() {
    const { classList } = this.list.element;
    classList.remove("leftwards");
    const { right } = this.list.element.getBoundingClientRect();
    classList.toggle("leftwards", right > document.documentElement.clientWidth - 4);
  }
}

/** A menu at a point of the page. */
export class PointMenu {
  #home = document.body;

  /** @param {string} name */
  constructor(name) {
    this.list = new MenuList(name, { home: () => this.#home });
    this.list.element.classList.add("at-point");
    document.body.append(this.list.element);
  }

  /** Show items at a point of the window, within it. @param {Item[]} items @param {{x: number, y: number}} at @param {HTMLElement} home has the focus afterwards */
  open(items, { x, y }, home) {
    this.#home = home;
    this.list.open(items, () => this.#lay(x, y));
  }

  #lay(x, y) {
    const { element } = this.list;
    const { clientWidth, clientHeight } = document.documentElement;
    element.style.left = `${Math.max(4, Math.min(x, clientWidth - element.offsetWidth - 4))}px`;
    element.style.top = `${Math.max(4, Math.min(y, clientHeight - element.offsetHeight - 4))}px`;
  }
}
