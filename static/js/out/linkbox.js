/** View floor. A link to copy by hand, where the page can't put it into the clipboard. */

import { make } from "../dom.js";
import { makeDialog, show } from "../commands/dialog.js";

export class LinkBox {
  /** Show a link, all of it selected. */
  open(link) {
    this.dialog ??= this.#make();
    this.field.value = link;
    show(this.dialog);
    this.field.focus();
    this.field.select();
  }

  #make() {
    this.field = make("textarea", { rows: 4, readonly: "", spellcheck: "false", "aria-label": "Link to this chart" });
    const done = make("button", { type: "submit", class: "main" }, "Done");
    const says = make("p", { class: "says" }, "This browser doesn't let the page copy. Copy the link from here.");
    return makeDialog("Link to this chart", "out", make("form", { method: "dialog" }, says, this.field, make("div", { class: "buttons" }, done)));
  }
}
