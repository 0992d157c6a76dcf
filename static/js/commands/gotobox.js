/** View floor. A date and a time (UTC) to go to. */

import { make } from "../dom.js";
import { makeDialog, show } from "./dialog.js";

function field(label, attributes) {
  return make("label", {}, label, make("input", attributes));
}

export class GotoBox {
  /** @param {{act: (action: any) => void, now: () => number}} parts `now` in ms, as the market's clock has it */
  constructor({ act, now }) {
    Object.assign(this, { act, now });
  }

  /** Ask for a moment; `time` (ms) is what the chart shows now. */
  open(time = this.now()) {
    this.dialog ??= this.#make();
    const text = new Date(time).toISOString();
    this.date.max = new Date(this.now()).toISOString().slice(0, 10);
    this.date.value = text.slice(0, 10);
    this.clock.value = text.slice(11, 16);
    show(this.dialog);
    this.date.focus();
  }

  #make() {
    const date = field("Date", { type: "date", required: "", min: "1970-01-01" });
    const clock = field("Time (UTC)", { type: "time", step: "1" });
    const live = make("button", { type: "button" }, "Back to live");
    const form = make("form", { method: "dialog" }, make("div", { class: "fields" }, date, clock),
      make("div", { class: "buttons" }, live, make("button", { type: "submit", class: "main" }, "Go")));
    this.date = date.querySelector("input");
    this.clock = clock.querySelector("input");
    const dialog = makeDialog("Go to a date", "goto", form);
    form.addEventListener("submit", () => this.#go());
    live.addEventListener("click", () => { dialog.close(); this.act({ do: "live" }); });
    return dialog;
  }

  #go() {
    const time = (this.date.valueAsNumber || 0) + (this.clock.valueAsNumber || 0);
    this.act({ do: "go", time });
  }
}
