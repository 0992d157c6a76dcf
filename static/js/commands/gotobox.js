/** View floor. A date and a time to go to, by the clock that the chart shows. */

import { make, setText } from "../dom.js";
import { unshifted } from "../zones.js";
import { makeDialog, show } from "./dialog.js";
import { latest } from "./moment.js";

function field(label, attributes) {
  return make("label", {}, label, make("input", attributes));
}

export class GotoBox {
  /**
   * @param {{act: (action: any) => void, now: () => number, zone: () => {shift: (time: number) => number, words: string}}} parts
   *   `now` in ms, as the market's clock has it; `zone` is the chart's, see zones.js
   */
  constructor({ act, now, zone }) {
    Object.assign(this, { act, now, zone });
  }

  /** Ask for a moment. */
  open() {
    this.dialog ??= this.#make();
    const { shift, words } = this.zone();
    const text = new Date(shift(this.now())).toISOString();
    setText(this.said, `Time (${words})`);
    this.date.max = this.date.value = text.slice(0, 10);
    this.clock.value = text.slice(11, 16);
    show(this.dialog);
    this.date.focus();
  }

  #make() {
    const date = field("Date", { type: "date", min: "1970-01-01" });
    const clock = field("", { type: "time", step: "1" });
    const note = make("p", { class: "says" }, "Without a date: the last time that it was so late. Without a time: midnight.");
    const live = make("button", { type: "button" }, "Back to live");
    const form = make("form", { method: "dialog" }, make("div", { class: "fields" }, date, clock), note,
      make("div", { class: "buttons" }, live, make("button", { type: "submit", class: "main" }, "Go")));
    this.said = make("span", {});
    clock.prepend(this.said);
    this.date = date.querySelector("input");
    this.clock = clock.querySelector("input");
    const dialog = makeDialog("Go to a date", "goto", form);
    form.addEventListener("submit", () => this.#go());
    live.addEventListener("click", () => { dialog.close(); this.act({ do: "live" }); });
    return dialog;
  }

  #go() {
    const { shift } = this.zone();
    const clock = this.clock.valueAsNumber || 0;
    const day = this.date.valueAsNumber;
    const shown = Number.isNaN(day) ? latest(clock, shift(this.now())) : day + clock;
    this.act({ do: "go", time: unshifted(shift, shown) });
  }
}
