/** View floor. A button with a menu: made anew each time it opens, walked with the arrow keys, left with Esc. */

import { make } from "./dom.js";

/** @typedef {{text: string, run?: () => void, checked?: boolean, kind?: "radio"|"check"|"heading"|"action", swatch?: string, hint?: string}} Item */

const ROLE = { radio: "menuitemradio", check: "menuitemcheckbox", action: "menuitem" };

export class Menu {
  /** @param {HTMLButtonElement} button @param {() => Item[]} items */
  constructor(button, items) {
    Object.assign(this, { button, items });
    this.list = make("div", { class: "menu", role: "menu", "aria-label": button.getAttribute("aria-label") ?? button.textContent, hidden: "" });
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-expanded", "false");
    button.after(this.list);
    button.addEventListener("click", () => (this.list.hidden ? this.open() : this.close()));
    button.addEventListener("keydown", (event) => event.key === "ArrowDown" && this.#take(event, () => this.open()));
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("focusout", (event) => this.#inside(event.relatedTarget) || this.close());
    document.addEventListener("pointerdown", (event) => this.#inside(event.target) || this.close());
  }

  #inside(element) {
    return this.list.contains(element) || this.button.contains(element);
  }

  #take(event, run) {
    event.preventDefault();
    event.stopPropagation();
    run();
  }

  /** Show the menu and stand on what is chosen. */
  open() {
    this.list.replaceChildren(...this.items().map((item) => this.#item(item)));
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    const buttons = this.#buttons();
    this.#fit();
    (buttons.find((each) => each.getAttribute("aria-checked") === "true") ?? buttons[0])?.focus();
  }

  /** A menu near the right edge opens to the left. */
  #fit() {
    this.list.classList.remove("leftwards");
    const { right } = this.list.getBoundingClientRect();
    this.list.classList.toggle("leftwards", right > document.documentElement.clientWidth - 4);
  }

  close() {
    if (this.list.hidden) return;
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  #buttons() {
    return [...this.list.querySelectorAll("button")];
  }

  #item({ text, run, checked, kind = "action", swatch, hint }) {
    if (kind === "heading") return make("div", { class: "menu-heading", role: "presentation" }, text);
    const button = make("button", { type: "button", role: ROLE[kind], tabindex: "-1", "aria-checked": kind === "action" ? null : String(Boolean(checked)) });
    if (swatch) button.append(make("i", { class: `swatch link-${swatch}`, "aria-hidden": "true" }));
    button.append(make("span", {}, text));
    if (hint) button.append(make("kbd", {}, hint));
    button.addEventListener("click", () => { this.close(); this.button.focus(); run(); });
    return button;
  }

  #key(event) {
    const buttons = this.#buttons();
    const at = buttons.indexOf(document.activeElement);
    const go = (place) => this.#take(event, () => buttons[(place + buttons.length) % buttons.length].focus());
    if (event.key === "ArrowDown") go(at + 1);
    else if (event.key === "ArrowUp") go(at - 1);
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(buttons.length - 1);
    else if (event.key === "Escape") this.#take(event, () => { this.close(); this.button.focus(); });
  }
}
