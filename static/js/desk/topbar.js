/** View floor. The top bar's tools: type of chart, scale and zone, link, indicators, grid, desks, looks. */

import { GRIDS, LINKS, PAIRS, SCALES, THEMES, TYPES, ZONES } from "../deskdoc.js";
import { draw, make, setText } from "../dom.js";
import { TOOL_NAMES } from "../drawings/chip.js";
import { Menu } from "../menu.js";

export const TYPE_NAMES = { candles: "Candles", bars: "Bars", line: "Line", area: "Area", heikin: "Heikin-Ashi" };
const SCALE_NAMES = { linear: "Straight scale", log: "Logarithmic", percent: "Percent" };
const ZONE_NAMES = { utc: "UTC", local: "This machine's time", exchange: "The venue's time" };
const LINK_NAMES = { blue: "Blue", amber: "Amber", green: "Green", violet: "Violet", red: "Red" };
const THEME_NAMES = { dark: "Dark", light: "Light", system: "As the system" };
const PAIR_NAMES = { green: "Green and red", blue: "Blue and orange, with arrows" };
const FORMATS = { png: "Picture (PNG)", csv: "Bars in sight (CSV)", json: "Bars in sight (JSON)", html: "Interactive page (HTML)", share: "Copy a link to this chart" };
const GRID_PATHS = {
  1: "M1 2h12v10H1z", 2: "M1 2h12v10H1zM7 2v10", 3: "M1 2h12v10H1zM5 2v10M9 2v10",
  4: "M1 2h12v10H1zM7 2v10M1 7h12", 6: "M1 2h12v10H1zM5 2v10M9 2v10M1 7h12",
};
const TOOL_PATHS = {
  type: "M4 2v10M2 4h4v5H2zM10 1v9M8 3h4v4H8z", studies: "M1 9.5c2.5-9 4.5-9 6-3s3.5 5 6-2", compare: "M7 1.5a5.5 5.5 0 1 0 .01 0zM7 4.5v5M4.5 7h5",
};
const HINTS = { log: "Alt L", percent: "Alt P", png: "Alt S" };

const icon = (path) => draw("svg", { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" }, draw("path", { d: path }));
const heading = (text) => ({ kind: "heading", text });

const chartsText = (count) => (count === 1 ? "1 chart" : `${count} charts`);

export class TopBar {
  /** As narrow.css has it: there is no toolbar. */
  narrow = matchMedia("(width < 800px) or (height < 460px)");

  /**
   * @param {{tools: HTMLElement, side: HTMLElement}} roots
   * @param {{act: (action: any) => void, chart: () => any, document: () => any, desk: () => any}} parts `chart` and
   *   `desk` give the state of those that are used
   */
  constructor({ tools, side }, parts) {
    Object.assign(this, parts);
    const button = (name, ...children) => make("button", { type: "button", class: "tool", "aria-label": name, title: name }, ...children);
    const drawn = (kind, name, words) => button(name, icon(TOOL_PATHS[kind]), make("span", { class: "tool-words" }, words));
    this.type = drawn("type", "Chart type, scale and time", "");
    this.link = make("button", { type: "button", class: "tool link", "aria-label": "Link by colour", title: "Link by colour" }, make("i", { class: "swatch", "aria-hidden": "true" }));
    const studies = drawn("studies", "Indicators", "Indicators");
    const compare = drawn("compare", "Compare", "Compare");
    this.count = button("Number of charts");
    this.more = button("Export and desk", "⋯");
    this.desks = make("button", { type: "button", class: "tool desks", "aria-label": "Desks", title: "Desks" });
    this.looks = make("button", { type: "button", class: "tool", "aria-label": "Looks", title: "Looks" }, "◐");
    studies.addEventListener("click", () => this.act({ do: "studies" }));
    compare.addEventListener("click", () => this.act({ do: "command", text: "compare " }));
    tools.append(...[this.type, studies, compare, this.link, this.more].map((each) => make("span", { class: "holder" }, each)));
    side.append(this.#grids(), ...[this.count, this.desks, this.looks].map((each) => make("span", { class: "holder" }, each)));
    this.menus = { type: new Menu(this.type, () => this.#typeItems()), link: new Menu(this.link, () => this.#linkItems()),
      more: new Menu(this.more, () => this.#moreItems()), desks: new Menu(this.desks, () => this.#deskItems()), looks: new Menu(this.looks, () => this.#lookItems()), count: new Menu(this.count, () => this.#countItems()) };
  }

  #grids() {
    const group = make("div", { class: "grids", role: "group", "aria-label": "Number of charts" });
    this.grids = GRIDS.map((count) => {
      const name = chartsText(count);
      const button = make("button", { type: "button", class: "tool", "aria-label": name, title: name, "aria-pressed": "false" }, icon(GRID_PATHS[count]));
      button.addEventListener("click", () => this.act({ do: "grid", count }));
      group.append(button);
      return button;
    });
    return group;
  }

  /** Show what is chosen. */
  paint() {
    const chart = this.chart();
    setText(this.type.lastChild, `${TYPE_NAMES[chart.type]} ▾`);
    this.count.replaceChildren(icon(GRID_PATHS[this.desk().grid]));
    this.link.firstChild.className = `swatch link-${chart.link ?? "none"}`;
    setText(this.desks, `${this.desk().name} ▾`);
    this.grids.forEach((button, place) => button.setAttribute("aria-pressed", String(GRIDS[place] === this.desk().grid)));
  }

  #radio(values, names, now, action) {
    return values.map((value) => ({ kind: "radio", text: names[value], checked: value === now, hint: HINTS[value], run: () => this.act(action(value)) }));
  }

  #countItems() {
    const names = Object.fromEntries(GRIDS.map((count) => [count, chartsText(count)]));
    return [heading("Number of charts"), ...this.#radio(GRIDS, names, this.desk().grid, (count) => ({ do: "grid", count }))];
  }

  #typeItems() {
    const { type, scale, zone, volume, inverted } = this.chart();
    return [
      heading("Chart"), ...this.#radio(TYPES, TYPE_NAMES, type, (value) => ({ do: "type", type: value })),
      { kind: "check", text: "Volume", checked: volume, run: () => this.act({ do: "volume" }) },
      heading("Price scale"), ...this.#radio(SCALES, SCALE_NAMES, scale, (value) => ({ do: "scale", scale: value })),
      { kind: "check", text: "Upside down", hint: "Alt I", checked: inverted, run: () => this.act({ do: "invert" }) },
      heading("Time"), ...this.#radio(ZONES, ZONE_NAMES, zone, (value) => ({ do: "zone", zone: value })),
    ];
  }

  #linkItems() {
    const { link, follow } = this.chart();
    const colours = LINKS.map((value) => ({ kind: "radio", text: LINK_NAMES[value], swatch: value, checked: value === link, run: () => this.act({ do: "link", link: value }) }));
    return [
      heading("Same colour, same symbol"), { kind: "radio", text: "No link", swatch: "none", checked: !link, run: () => this.act({ do: "link", link: null }) }, ...colours,
      heading("Also the same"), { kind: "check", text: "Interval", checked: follow.interval, run: () => this.act({ do: "follow", what: "interval" }) },
      { kind: "check", text: "Range", checked: follow.range, run: () => this.act({ do: "follow", what: "range" }) },
    ];
  }

  #moreItems() {
    const out = Object.keys(FORMATS).map((format) => ({ text: FORMATS[format], hint: HINTS[format], run: () => this.act({ do: "out", format }) }));
    return [
      ...(this.desks.offsetParent ? [] : this.#deskItems()), heading("This chart"), ...out,
      ...this.#drawItems(), { text: "Remove all drawings", run: () => this.act({ do: "clear-drawings" }) },
      heading("This desk"), { text: "Save as a file", run: () => this.act({ do: "export" }) }, { text: "Open a file", run: () => this.act({ do: "import" }) },
      heading("Help"), { text: "Command line", hint: "Ctrl K", run: () => this.act({ do: "command" }) }, { text: "Keys", hint: "?", run: () => this.act({ do: "help" }) },
    ];
  }

  /** Where there is no room for the toolbar its tools are here. */
  #drawItems() {
    if (!this.narrow.matches) return [];
    const tools = Object.entries(TOOL_NAMES);
    return [heading("Draw"), ...tools.map(([tool, text]) => ({ text, run: () => this.act({ do: "draw", tool }) })),
      heading("Drawings"), { text: "Undo", run: () => this.act({ do: "undo" }) }, { text: "Delete the chosen one", run: () => this.act({ do: "delete-drawing" }) }];
  }

  #deskItems() {
    const { desks, desk } = this.document();
    const named = desks.map(({ name }) => ({ kind: "radio", text: name, checked: name === desk, run: () => this.act({ do: "desk", name }) }));
    const drop = desks.length > 1 ? [{ text: `Delete ${desk}`, run: () => this.act({ do: "drop-desk" }) }] : [];
    return [heading("Desks"), ...named, heading("Change"), { text: "New desk …", run: () => this.act({ do: "command", text: "new desk " }) },
      { text: "Rename …", run: () => this.act({ do: "rename-desk" }) }, ...drop];
  }

  #lookItems() {
    const { theme, pair, density } = this.document().looks;
    return [
      heading("Theme"), ...this.#radio(THEMES, THEME_NAMES, theme, (value) => ({ do: "theme", theme: value })),
      heading("Up and down"), ...this.#radio(PAIRS, PAIR_NAMES, pair, (value) => ({ do: "pair", pair: value })),
      heading("Density"), ...this.#radio(["normal", "compact"], { normal: "Normal", compact: "Compact" }, density, (value) => ({ do: "density", density: value })),
    ];
  }
}
