/** View floor. What a right click on a chart, or the menu key, offers: what is under the pointer, then the chart. */

import { NAMES } from "../drawings/shapes.js";
import { formatPrice } from "../format.js";
import { PointMenu } from "../menu.js";
import { nameOf } from "../symbols.js";

const heading = (text) => ({ kind: "heading", text });

/** Return a price for the clipboard: digits that every program reads. */
const plain = (price, decimals) => price.toFixed(decimals);

export class Context {
  /** @param {{act: (action: any) => void}} parts */
  constructor({ act }) {
    this.act = act;
    this.menu = new PointMenu("Chart");
  }

  /** Offer what can be done at a point of the window; null: at none, in the middle of the chart. @param {import("../chart/panel.js").Panel} panel */
  open(panel, point) {
    const { left, top, width, height } = panel.stage.getBoundingClientRect();
    const at = point && { x: point.x - left, y: point.y - top };
    const focused = document.activeElement;
    const home = panel.root.contains(focused) ? focused : panel.root;
    this.menu.open(this.#items(panel, at), point ?? { x: left + width / 2, y: top + height / 3 }, home);
  }

  #items(panel, at) {
    const chosen = at ? panel.drawings?.choose(at) : panel.drawings?.shape;
    return [...(chosen ? this.#drawingItems(panel, chosen) : []), ...this.#priceItems(panel, at), ...this.#chartItems(panel)];
  }

  #drawingItems({ drawings }, { kind }) {
    const write = kind === "note" ? [{ text: "Write it anew", hint: "Enter", run: () => drawings.edit() }] : [];
    return [heading(NAMES[kind]), ...write, { text: "Next colour", run: () => drawings.recolour() },
      { text: "Delete it", hint: "Del", run: () => this.act({ do: "delete-drawing" }) }];
  }

  /** Return what there is to do with the price that is pointed at now: the scale may move while the menu is open. */
  #priceItems({ drawings, decimals }, at) {
    const point = at && drawings?.pointAt(at);
    if (!point) return [];
    const { price } = point;
    const text = formatPrice(price, decimals);
    return [heading("This price"), { text: `Copy ${text}`, run: () => this.act({ do: "copy", text: plain(price, decimals) }) },
      { text: `Horizontal line at ${text}`, hint: "Alt H", run: () => drawings.put("level", point) }];
  }

  #chartItems({ state, camera }) {
    const { follow, price } = camera;
    return [
      heading(`${nameOf(state.symbol ?? "")} ${state.interval}`.trim()),
      ...(follow ? [] : [{ text: "Back to live", hint: "End", run: () => this.act({ do: "live" }) }]),
      ...(price ? [{ text: "Fit the price scale", run: () => this.act({ do: "fit" }) }] : []),
      { text: "Reset the view", hint: "Alt R", run: () => this.act({ do: "reset" }) },
      { text: "Go to a date", hint: "Alt G", run: () => this.act({ do: "go-box" }) },
      { text: "Indicators", hint: "/", run: () => this.act({ do: "studies" }) },
      { text: "Picture (PNG)", hint: "Alt S", run: () => this.act({ do: "out", format: "png" }) },
      { text: "Copy a link to this chart", run: () => this.act({ do: "out", format: "share" }) },
      { text: "This chart alone, and back", hint: "Alt Enter", run: () => this.act({ do: "maximise" }) },
    ];
  }
}
