/** View floor. What a desk's file holds, and what it would take the place of: asked before anything is replaced. */

import { make, setText } from "../dom.js";
import { makeDialog, show } from "../commands/dialog.js";

export class ImportBox {
  #then = null;

  /** @param {{save: () => void}} parts `save`: put the desk of now into a file */
  constructor({ save }) {
    this.save = save;
  }

  /** Ask whether a file's desk is to be used. @param {{name: string, holds: string, lost: string}} told @param {() => void} then */
  ask({ name, holds, lost }, then) {
    this.dialog ??= this.#make();
    this.#then = then;
    setText(this.holds, `${name} holds ${holds}.`);
    setText(this.lost, `It takes the place of all that is here: ${lost}.`);
    show(this.dialog);
    this.cancel.focus();
  }

  #make() {
    const button = (text, more) => make("button", { type: "button", ...more }, text);
    this.holds = make("p", { class: "says" });
    this.lost = make("p", { class: "says" });
    this.cancel = button("Cancel");
    const keep = button("Save this desk first");
    const use = button("Use the file", { class: "main" });
    const body = make("form", { method: "dialog" }, this.holds, this.lost, make("div", { class: "buttons" }, keep, this.cancel, use));
    const dialog = makeDialog("Open a desk's file", "out", body);
    keep.addEventListener("click", () => this.save());
    this.cancel.addEventListener("click", () => dialog.close());
    use.addEventListener("click", () => { dialog.close(); this.#then(); });
    return dialog;
  }
}
