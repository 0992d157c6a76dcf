/** View floor. All keys, from the table that the keyboard itself goes by, and what the command line understands. */

import { make } from "../dom.js";
import { makeDialog, show } from "./dialog.js";
import { TABLE } from "./table.js";
import { VERBS } from "./verbs.js";

/** What hands do on a chart without keys. */
const HANDS = { title: "Mouse and fingers", rows: [
  { shown: ["Wheel", "Pinch"], says: "Zoom at the pointer" },
  { shown: ["Drag"], says: "Move; stretch a scale" },
  { shown: ["Double-click"], says: "A scale anew; a chart alone" },
  { shown: ["Shift Drag"], says: "Measure" },
  { shown: ["Right-click"], says: "What can be done here" },
] };

const MAC = /mac|iphone|ipad/i;
const ON_MAC = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧" };

/** Return the keys to press together: Ctrl, Shift, Z. Digits and letters with … between them are one. */
function pressed(shown, mac) {
  return shown.includes("…") ? [shown] : shown.split(" ").map((key) => (mac && ON_MAC[key]) || key);
}

function keys(row, mac) {
  const ways = row.shown.map((shown) => make("span", { class: "way" }, ...pressed(shown, mac).map((key) => make("kbd", {}, key))));
  return make("dt", {}, ...ways);
}

function group({ title, rows }, mac) {
  const lines = rows.map((row) => make("div", {}, keys(row, mac), make("dd", {}, row.says)));
  return make("section", {}, make("h3", {}, title), make("dl", {}, ...lines));
}

function commands() {
  const lines = VERBS.map((verb) => make("div", {}, make("dt", {}, make("code", {}, verb.example)), make("dd", {}, verb.says)));
  const note = "Symbols, intervals and indicators need no command: btc-usd 5m ema 20. -ema takes it away; | parts commands.";
  return make("section", { class: "said" }, make("h3", {}, "Command line"), make("p", {}, note), make("dl", {}, ...lines));
}

export class Help {
  /** Show the dialog. */
  open() {
    this.dialog ??= this.#make();
    show(this.dialog);
    this.dialog.querySelector(".body").scrollTop = 0;
  }

  #make() {
    const mac = MAC.test(navigator.platform);
    const body = make("div", { class: "body", tabindex: "0", autofocus: "", role: "group", "aria-label": "Keys and commands" },
      make("div", { class: "groups" }, ...[...TABLE, HANDS].map((each) => group(each, mac))), commands());
    return makeDialog("Keys", "help", body);
  }
}
