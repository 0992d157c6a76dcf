/** View floor. The panel under the charts: two halves with tabs, foldable, as high as somebody drags it. */

import { draw, make, setAttribute } from "../dom.js";
import { fitting } from "./height.js";
import { Tabs } from "./tabs.js";

const STEP = 16;
const PAGE = 96;
const SIDES = { left: "Panels on the left", right: "Panels on the right" };
const KEYS = { ArrowUp: STEP, ArrowDown: -STEP, PageUp: PAGE, PageDown: -PAGE, Home: -Infinity, End: Infinity };

function chevron() {
  return draw("svg", { viewBox: "0 0 12 12", width: "12", height: "12", "aria-hidden": "true" },
    draw("path", { d: "M2.5 4.5 6 8l3.5-3.5", fill: "none", stroke: "currentColor", "stroke-width": "1.5", "stroke-linecap": "round", "stroke-linejoin": "round" }));
}

export class Bottom {
  /** @type {Record<string, Tabs>} */
  #halves = {};

  /**
   * @param {HTMLElement} root
   * @param {{state: {open: boolean, height: number, tabs: [string, string]}, save: () => void,
   *   panels: {id: string, title: string, side: "left"|"right", element: HTMLElement, tools?: HTMLElement}[]}} parts
   */
  constructor(root, { state, save, panels }) {
    Object.assign(this, { root, state, save });
    for (const [place, side] of Object.keys(SIDES).entries()) this.#halves[side] = this.#half(place, side, panels);
    this.edge = this.#edge();
    this.fold = make("button", { type: "button", class: "bottom-fold" }, chevron());
    this.fold.addEventListener("click", () => this.open(!this.state.open));
    this.#halves.right.head.append(this.fold);
    this.halves = make("div", { class: "bottom-halves", id: "bottom-halves" }, ...Object.values(this.#halves).map(({ element }) => element));
    root.append(this.edge, this.halves);
    setAttribute(root, "data-side", "left");
    window.addEventListener("resize", () => this.#lay());
    this.show(state);
  }

  #half(place, side, panels) {
    const among = panels.filter((panel) => panel.side === side);
    const onChoose = (id) => {
      this.state.tabs[place] = id;
      setAttribute(this.root, "data-side", side);
      this.open(true);
    };
    return new Tabs({ side, label: SIDES[side], panels: among, onChoose });
  }

  /** Show another state: that of another desk. */
  show(state) {
    this.state = state;
    this.#halves.left.show(state.tabs[0]);
    this.#halves.right.show(state.tabs[1]);
    this.#lay();
  }

  /** Open the panel, or fold it to its tabs. */
  open(open) {
    this.state.open = open;
    this.#lay();
    this.save();
  }

  /** Bring a panel to the front. */
  choose(id) {
    Object.values(this.#halves).find((half) => half.has(id))?.choose(id);
  }

  /** Change the words of a tab: "Alerts 3". */
  title(id, text) {
    Object.values(this.#halves).find((half) => half.has(id))?.title(id, text);
  }

  /** The height is remembered as it was wished for, and shown as far as the window lets it. */
  #lay() {
    const { open } = this.state;
    const height = fitting(this.state.height, window.innerHeight);
    setAttribute(this.root, "data-open", String(open));
    this.root.style.height = open ? `${height}px` : "";
    for (const [name, value] of Object.entries({ valuenow: open ? height : 0, valuemin: 0, valuemax: fitting(Infinity, window.innerHeight) })) {
      setAttribute(this.edge, `aria-${name}`, value);
    }
    setAttribute(this.edge, "aria-valuetext", open ? `${height} pixels` : "folded");
    setAttribute(this.fold, "aria-expanded", String(open));
    setAttribute(this.fold, "aria-label", open ? "Fold the panels" : "Open the panels");
    setAttribute(this.fold, "title", open ? "Fold the panels" : "Open the panels");
  }

  #edge() {
    const edge = make("div", { class: "bottom-edge", role: "separator", tabindex: "0", "aria-orientation": "horizontal",
      "aria-label": "Height of the panels", "aria-controls": "bottom-halves" });
    edge.addEventListener("keydown", (event) => this.#key(event));
    edge.addEventListener("pointerdown", (event) => this.#drag(event));
    edge.addEventListener("dblclick", () => this.open(!this.state.open));
    return edge;
  }

  #key(event) {
    if (event.key === "Enter") this.open(!this.state.open);
    else if (event.key in KEYS) this.#to(fitting(this.state.height, window.innerHeight) + KEYS[event.key]);
    else return;
    event.preventDefault();
  }

  #to(height) {
    this.state.height = fitting(height, window.innerHeight);
    this.open(true);
  }

  #drag(down) {
    if (down.button !== 0 || !this.state.open) return;
    const begin = fitting(this.state.height, window.innerHeight);
    const move = (event) => {
      this.state.height = fitting(begin + down.clientY - event.clientY, window.innerHeight);
      this.#lay();
    };
    this.edge.setPointerCapture(down.pointerId);
    this.edge.addEventListener("pointermove", move);
    const end = () => {
      this.edge.removeEventListener("pointermove", move);
      this.save();
    };
    this.edge.addEventListener("lostpointercapture", end, { once: true });
    down.preventDefault();
  }
}
