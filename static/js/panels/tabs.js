/** View floor. One half of the bottom panel: tabs, and the panel that is chosen. */

import { make, setAttribute } from "../dom.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

export class Tabs {
  /** @type {Map<string, {tab: HTMLElement, panel: HTMLElement, tools: HTMLElement|undefined}>} */
  #parts = new Map();

  /**
   * @param {{side: string, label: string, panels: {id: string, title: string, element: HTMLElement, tools?: HTMLElement}[],
   *   onChoose: (id: string) => void}} parts
   */
  constructor({ side, label, panels, onChoose }) {
    Object.assign(this, { onChoose });
    this.list = make("div", { class: "bottom-tabs", role: "tablist", "aria-label": label });
    this.tools = make("div", { class: "bottom-tools" });
    this.body = make("div", { class: "bottom-body" });
    this.head = make("div", { class: "bottom-head" }, this.list, this.tools);
    this.element = make("div", { class: "bottom-half", "data-side": side }, this.head, this.body);
    for (const panel of panels) this.#add(panel);
    this.list.addEventListener("keydown", (event) => this.#key(event));
  }

  #add({ id, title, element, tools }) {
    const tab = make("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}` }, title);
    const panel = make("div", { class: "bottom-panel", role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}` }, element);
    tab.addEventListener("click", () => this.choose(id));
    this.#parts.set(id, { tab, panel, tools });
    this.list.append(tab);
    this.body.append(panel);
    if (tools) this.tools.append(tools);
  }

  /** Show the panel of this id, or the first where there is none, without telling anybody. Return its id. */
  show(id) {
    const chosen = this.#parts.has(id) ? id : this.#parts.keys().next().value;
    for (const [each, { tab, panel, tools }] of this.#parts) {
      setAttribute(tab, "aria-selected", String(each === chosen));
      setAttribute(tab, "tabindex", each === chosen ? "0" : "-1");
      panel.hidden = each !== chosen;
      if (tools) tools.hidden = each !== chosen;
    }
    return chosen;
  }

  /** Show the panel of this id because somebody asked for it. */
  choose(id) {
    this.onChoose(this.show(id));
  }

  /** Tell whether it holds a panel of this id. */
  has(id) {
    return this.#parts.has(id);
  }

  /** Change the words of a tab. */
  title(id, text) {
    this.#parts.get(id).tab.textContent = text;
  }

  #key(event) {
    const ids = [...this.#parts.keys()];
    const at = ids.findIndex((id) => this.#parts.get(id).tab === event.target);
    const ends = { Home: 0, End: ids.length - 1 };
    const to = ends[event.key] ?? (event.key in STEPS ? (at + STEPS[event.key] + ids.length) % ids.length : -1);
    if (at < 0 || to < 0) return;
    event.preventDefault();
    this.choose(ids[to]);
    this.#parts.get(ids[to]).tab.focus();
  }
}
