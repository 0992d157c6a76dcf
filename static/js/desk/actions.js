/** View floor. What every key, command and button means: one table from an action's name to what is done. */

import { lookUp } from "../commands/resolve.js";
import { Early } from "./early.js";

const TOGGLED = "linear";
/** Dialogs that begin with a text. */
const WRITTEN = new Set(["palette", "intervalBox"]);

export class Actions {
  #opening = Promise.resolve();
  /** @type {Early|null} */
  #early = null;
  /** The dialogs, once they are there. */
  #boxes = null;
  #does = {
    open: ({ text, symbol, instrument }) => this.#find(text ?? symbol, instrument, (found) => this.parts.openSymbol(found)),
    interval: ({ interval }) => this.charts.interval(interval),
    study: ({ kind, params }) => this.charts.study(kind, params),
    unstudy: ({ kind, params }) => this.charts.unstudy(kind, params),
    studies: () => this.#open("studyBox"),
    compare: ({ text, instrument }) => this.#find(text, instrument, (found) => this.#say(this.charts.compare(found.symbol))),
    uncompare: ({ text }) => (text ? this.#find(text, null, (found) => this.charts.uncompare(found.symbol)) : this.charts.uncompare(null)),
    type: ({ type }) => this.charts.set({ type }),
    scale: ({ scale, toggle }) => this.charts.set({ scale: toggle && this.charts.chart.scale === scale ? TOGGLED : scale }),
    zone: ({ zone }) => this.charts.set({ zone }),
    volume: () => this.charts.set({ volume: !this.charts.chart.volume }),
    invert: () => this.charts.set({ inverted: !this.charts.chart.inverted }),
    link: ({ link }) => this.charts.link(link),
    follow: ({ what }) => this.charts.follow(what),
    grid: ({ count }) => this.charts.count(count),
    maximise: () => this.charts.grid.maximise(),
    move: ({ bars }) => this.charts.panel.lens.move(bars),
    zoom: ({ steps }) => this.charts.panel.lens.zoom(steps),
    reset: () => this.charts.panel.lens.reset(),
    fit: () => this.charts.panel.lens.fitPrice(),
    live: () => this.charts.panel.lens.toLive(),
    oldest: () => this.charts.panel.lens.toOldest(),
    go: ({ time }) => this.charts.panel.lens.goTo(time),
    "go-box": () => this.#open("gotoBox"),
    "interval-box": ({ text }) => this.#open("intervalBox", text),
    command: ({ text }) => this.#open("palette", text),
    context: ({ panel, at }) => { this.#context(panel, at); },
    help: () => this.#open("help"),
    desks: () => this.parts.topBar.menus.desks.open(),
    desk: ({ name, make }) => this.charts.openDesk(name, make),
    "rename-desk": () => this.#open("palette", "rename desk "),
    "name-desk": ({ name }) => this.charts.renameDesk(name),
    "drop-desk": () => this.charts.dropDesk(),
    theme: ({ theme }) => this.#look({ theme }),
    pair: ({ pair }) => this.#look({ pair }),
    density: ({ density }) => this.#look({ density }),
    list: ({ name }) => this.parts.watchlist.openList(name),
    "focus-list": () => this.parts.watchlist.focus(),
    "focus-symbol": ({ text }) => this.parts.box.type(text),
    "next-symbol": ({ by }) => this.parts.watchlist.step(by),
    "next-list": ({ by }) => this.parts.watchlist.turn(by),
    "next-part": ({ by }) => this.parts.nextPart(by),
    out: ({ format }) => this.#run((out) => out.run(format)),
    copy: ({ text }) => this.#run((out) => out.copy(text)),
    export: () => this.#run((out) => out.run("export")),
    import: () => this.#run((out) => out.run("import")),
    draw: ({ tool }) => { this.parts.drawn.then((drawing) => drawing.take(tool), () => this.tell("Drawing can't be had: its part of the page was not loaded. Open the page again.")); },
    undo: () => this.parts.drawing?.undo() ?? false,
    redo: () => this.parts.drawing?.redo() ?? false,
    "delete-drawing": () => this.parts.drawing?.remove() ?? false,
    "clear-drawings": () => this.parts.drawing?.clear(),
    cancel: () => this.parts.drawing?.cancel() ?? false,
  };

  /** @param {{charts: import("./charts.js").Charts, search: any, tell: (text: string) => void, parts: any}} given */
  constructor({ charts, search, tell, parts }) {
    Object.assign(this, { charts, search, tell, parts });
  }

  /** Do it. Return false where the page has no use for it, so that the browser may have the key. */
  act(action) {
    const does = this.#does[action.do];
    if (!does) return false;
    const said = does(action);
    if (typeof said === "string") this.#say(said);
    return said !== false;
  }

  /** Open a dialog. While all of them are still on their way, what is typed is for the one that was asked for last. */
  #open(name, text = "") {
    if (this.#boxes) {
      this.#show(name, text);
      return;
    }
    this.#early?.end();
    const early = new Early();
    this.#early = early;
    this.#opening = this.#opening.then(() => this.#openLate(name, text, early));
  }

  async #openLate(name, text, early) {
    try {
      this.#boxes = await this.parts.boxes();
      early.end();
      if (!early.left) await this.#show(name, text + early.text, early.entered);
    } catch (error) {
      this.tell(`This can't be opened now: ${error.message}.`);
    } finally {
      early.end();
    }
  }

  #show(name, text, entered = false) {
    const box = this.#boxes[name];
    if (!text || !WRITTEN.has(name)) return box.open();
    box.open(text);
    return entered ? box.enter() : undefined;
  }

  /** Show the menu of a chart, unless its user went on to something else while it was on its way. */
  async #context(panel, at) {
    const focused = document.activeElement;
    try {
      this.#boxes ??= await this.parts.boxes();
      if (document.activeElement === focused) this.#boxes.context.open(panel, at);
    } catch (error) {
      this.tell(`The menu can't be opened now: ${error.message}.`);
    }
  }

  async #run(does) {
    try {
      await does((await this.parts.boxes()).out);
    } catch (error) {
      this.tell(`This can't be done now: ${error.message}.`);
    }
  }

  #say(text) {
    if (text) this.tell(text);
  }

  #look(looks) {
    Object.assign(this.charts.document.looks, looks);
    this.parts.looks.show(this.charts.document.looks);
    this.charts.changed([]);
  }

  /** Find what a text means, then go on with it, in the chart that it was said to. */
  async #find(text, instrument, then) {
    if (instrument) return then(instrument);
    const { panel, grid } = this.charts;
    try {
      const found = await lookUp(text, this.search, this.charts.chart.symbol);
      if (!found) return this.tell(`Nothing is called ${text}.`);
      if (grid.panels.includes(panel)) grid.use(panel);
      return then(found);
    } catch (error) {
      return this.tell(`${text} can't be looked up now: ${error.message}.`);
    }
  }
}
