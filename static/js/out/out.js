/** View floor. What leaves the desk: pictures, tables, pages and links of a chart, the desk as a file; and the way in. */

import { addressOf } from "../desk/address.js";
import { headOf } from "../head.js";
import { stateText } from "../legend.js";
import { nameOf, venueOf } from "../symbols.js";
import { csvOf } from "./csv.js";
import { LARGEST, contentsOf, readDesk, refusalOf, replace, writeDesk } from "./deskfile.js";
import { ImportBox } from "./importbox.js";
import { jsonOf } from "./json.js";
import { LinkBox } from "./linkbox.js";
import { chartFile, deskFile } from "./names.js";
import { pictureOf, pngOf } from "./picture.js";
import { portraitOf } from "./portrait.js";
import { chooseFile, copyText, saveFile } from "./save.js";
import { sightOf } from "./sight.js";

const PATH = "/api/portrait";
const TOO_LONG = 60_000;
const WHAT = { png: "picture", csv: "file", json: "file", html: "page", share: "link", export: "file", import: "file" };

/** Return why an answer is none, as the server says it. */
async function reasonOf(answer) {
  const body = await answer.json().catch(() => null);
  return body?.error?.message ?? `the server answered ${answer.status}`;
}

export class Out {
  #does = {
    png: () => this.#png(),
    csv: () => this.#table("csv", "text/csv", csvOf),
    json: () => this.#table("json", "application/json", jsonOf),
    html: () => this.#html(),
    share: () => this.#share(),
    export: () => this.#export(),
    import: () => this.#import(),
  };

  /**
   * @param {{panel: () => import("../chart/panel.js").Panel, state: import("../deskstate.js").DeskState,
   *   clean: (document: any) => any, looks: import("../looks.js").Looks, tell: (text: string) => void,
   *   onImported: () => void, drawings: () => any[]}} parts `drawings`: the shapes of the symbol that is shown
   */
  constructor({ panel, state, clean, looks, tell, onImported, drawings }) {
    Object.assign(this, { panel, state, clean, looks, tell, onImported, drawings });
    this.linkBox = new LinkBox();
    this.importBox = new ImportBox({ save: () => this.run("export") });
  }

  /** Do it, and say what came of it. @param {"png"|"csv"|"json"|"html"|"share"|"export"|"import"} format */
  async run(format) {
    try {
      const said = await this.#does[format]();
      if (said) this.tell(said);
    } catch (error) {
      this.tell(`The ${WHAT[format]} could not be made: ${error.message}.`);
    }
  }

  /** Put a text into the clipboard, and say so. */
  async copy(text) {
    this.tell(await copyText(text) ? `${text} copied` : `This browser doesn't let the page copy ${text}`);
  }

  /** Return what the chart shows. Throws where that is nothing. */
  #sight() {
    const sight = sightOf(this.panel());
    if (!sight.bars.length) throw new Error("the chart shows no bars");
    return sight;
  }

  /** Return the name of a file of the chart. */
  #name(kind) {
    const { state, clock } = this.panel();
    return chartFile(state, clock.time(), kind);
  }

  async #png() {
    this.#sight();
    const name = this.#name("png");
    return this.#save(await pngOf(pictureOf(this.panel(), this.looks.colours())), name);
  }

  #table(kind, type, write) {
    return this.#save(new Blob([write(this.#sight())], { type: `${type};charset=utf-8` }), this.#name(kind));
  }

  /** Save a file. Return what to say of it. */
  #save(blob, name) {
    saveFile(blob, name);
    return `Saved ${name}`;
  }

  // ------------------------------------------------------------- a page of its own
  async #html() {
    const body = JSON.stringify(portraitOf(this.#sight(), this.panel().state, this.#portraitLooks()));
    const name = this.#name("html");
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.state.token };
    this.tell("The page is being made …");
    const answer = await fetch(PATH, { method: "POST", headers, body, signal: AbortSignal.timeout(TOO_LONG) }).catch(() => {
      throw new Error("the server does not answer");
    });
    if (!answer.ok) throw new Error(await reasonOf(answer));
    return this.#save(await answer.blob(), name);
  }

  #portraitLooks() {
    const { state, venues } = this.panel();
    const zones = { local: Intl.DateTimeFormat().resolvedOptions().timeZone, exchange: venues.get(venueOf(state.symbol))?.time_zone };
    const theme = document.documentElement.dataset.theme === "light" ? "light" : "dark";
    return { theme, colours: this.looks.colours(), title: this.#title(), zones, drawings: this.drawings() };
  }

  /** Return what the chart shows in words, with those that its prices need: SIMULATED, DELAYED 15 min, STALE 41 s. */
  #title() {
    const panel = this.panel();
    const head = headOf(panel, panel.state, panel.store.newest(panel.state.symbol), "");
    const fresh = head.state === "live" ? "" : stateText(head.state, head.age, head.delay);
    return [nameOf(head.symbol), head.title, head.interval, head.origin, fresh].filter(Boolean).join(" · ");
  }

  // ------------------------------------------------------------- a link
  async #share() {
    const { state, camera, model } = this.panel();
    if (!state.symbol) throw new Error("the chart shows nothing yet");
    const times = camera.follow || !model.series ? null : camera.times(model.series);
    const link = `${location.origin}${location.pathname}?${addressOf(state, times)}`;
    if (await copyText(link)) return "Link copied";
    this.linkBox.open(link);
    return "";
  }

  // ------------------------------------------------------------- the desk
  #export() {
    return this.#save(new Blob([writeDesk(this.state.document)], { type: "application/json" }), deskFile(this.panel().clock.time()));
  }

  async #import() {
    const file = await chooseFile(".json,application/json");
    if (!file) return "";
    const { document, wrong } = await this.#read(file);
    if (wrong) return `${file.name} can't be used: ${wrong}. Nothing was changed.`;
    const told = { name: file.name, holds: contentsOf(document), lost: contentsOf(this.state.document) };
    this.importBox.ask(told, () => this.#take(document, file.name));
    return "";
  }

  /** Return {document} that can be shown and kept, or {wrong}. @param {File} file */
  async #read(file) {
    if (file.size > LARGEST) return { wrong: `it has ${Math.ceil(file.size / 1024)} KiB, a desk has at most ${Math.floor(LARGEST / 1024)}` };
    const { document, wrong } = readDesk(await file.text());
    if (wrong) return { wrong };
    const clean = this.clean(document);
    const refused = refusalOf(clean);
    return refused ? { wrong: refused } : { document: clean };
  }

  /** The document stays the same object: whoever holds it sees the new content. */
  #take(document, name) {
    replace(this.state.document, document);
    this.state.save();
    this.onImported();
    this.tell(`This is the desk of ${name} now`);
  }
}
