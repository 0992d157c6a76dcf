/** View floor. A dialog over the page: Esc, its cross and a click beside it close it, and the focus goes back. */

import { make } from "../dom.js";

let made = 0;

/** Return a dialog with a heading, in the page but closed. @param {...HTMLElement} children */
export function makeDialog(title, name, ...children) {
  made += 1;
  const heading = make("h2", { id: `sheet-title-${made}` }, title);
  const cross = make("button", { type: "button", class: "cross", "aria-label": "Close" }, "×");
  const dialog = make("dialog", { class: `sheet ${name}`, "aria-labelledby": heading.id }, make("header", {}, heading, cross), ...children);
  cross.addEventListener("click", () => dialog.close());
  closeBeside(dialog);
  document.body.append(dialog);
  return dialog;
}

/** A press on the backdrop, which is the dialog's own, closes it. */
export function closeBeside(dialog) {
  dialog.addEventListener("pointerdown", (event) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY <= bottom;
    if (event.target === dialog && !inside) dialog.close();
  });
}

/** Show a dialog over everything; once is enough. */
export function show(dialog) {
  if (!dialog.open) dialog.showModal();
}
