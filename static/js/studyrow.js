/** View floor. One indicator of a chart in the dialog: its parameters and colours, editable at once, and its end. */

import { make, setAttribute, setText } from "./dom.js";
import { boundedParams, cleaned, label } from "./studies.js";

export class StudyRow {
  /**
   * @param {import("./studies.js").Chosen} study
   * @param {import("./studies.js").Definition|undefined} definition undefined: there is none of that kind now
   * @param {{onChange: (study: import("./studies.js").Chosen) => void, onRemove: () => void}} parts
   */
  constructor(study, definition, { onChange, onRemove }) {
    Object.assign(this, { definition, onChange });
    this.study = definition ? cleaned(study, new Map([[study.kind, definition]])) : study;
    this.title = make("b");
    this.remove = make("button", { type: "button", class: "remove" }, "×");
    this.remove.addEventListener("click", onRemove);
    const fields = definition ? this.#fields() : [make("span", { class: "note" }, "This indicator isn't there now.")];
    this.element = make("div", { role: "group", class: "study" },
      make("div", { class: "line" }, this.title, this.remove), make("div", { class: "fields" }, ...fields));
    this.#call();
  }

  /** What the study is called: EMA 20. */
  get name() {
    return this.definition ? label(this.study, this.definition) : String(this.study.kind);
  }

  #fields() {
    const { params, colours } = this.definition;
    return [...params.map((param) => this.#number(param)), ...colours.map((colour) => this.#colour(colour))];
  }

  #number({ key, label: name, least, most, step }) {
    const input = make("input", { type: "number", min: least, max: most, step, value: this.study.params[key], inputmode: "decimal" });
    const within = () => input.value !== "" && input.valueAsNumber >= least && input.valueAsNumber <= most;
    const take = () => this.#change({ params: { ...this.study.params, [key]: input.valueAsNumber } });
    input.addEventListener("input", () => {
      setAttribute(input, "aria-invalid", within() ? null : "true");
      if (within()) take();
    });
    input.addEventListener("change", () => {
      if (input.value !== "" && !within()) take();
      input.value = this.study.params[key];
      setAttribute(input, "aria-invalid", null);
    });
    return make("label", {}, name, input);
  }

  #colour({ key, label: name }) {
    const input = make("input", { type: "color", value: this.study.colours[key] });
    input.addEventListener("input", () => this.#change({ colours: { ...this.study.colours, [key]: input.value } }));
    return make("label", {}, name, input);
  }

  #change(part) {
    const study = { ...this.study, ...part };
    this.study = { ...study, params: boundedParams(this.definition, study.params) };
    this.#call();
    this.onChange(this.study);
  }

  #call() {
    setText(this.title, this.name);
    setAttribute(this.element, "aria-label", this.name);
    setAttribute(this.remove, "aria-label", `Remove ${this.name}`);
  }
}
