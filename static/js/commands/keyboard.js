/** View floor. The keys of the page: one listener that hears what nobody nearer to the focus has taken. */

import { actionOf, rowOf } from "./keys.js";

/** Where keys are written, and mean nothing else. */
export const TYPED_INTO = "input, textarea, select, [contenteditable]:not([contenteditable=false])";
/** Parts that go by arrows themselves. */
const WALKED = "[role=table], [role=grid], [role=tablist], [role=toolbar], [role=listbox], [role=radiogroup], [role=menu], [role=menubar], [role=separator], [role=slider]";
const PRESSED = "button, a[href], summary, [role=button], [role=tab], [role=menuitem], [role=option], [role=checkbox], [role=switch]";
const WALKING = /^(Arrow|Home$|End$|Delete$|Backspace$| $)/;
/** What F6 stops at: not at what only moves an edge. */
const FOCUSED = ":is([tabindex='0'], button:not([tabindex='-1'], :disabled), input, select, a[href]):not([role=separator])";
/** What is heard while something is typed, and in dialogs. */
const WHILE_TYPING = ["cancel", "command", "next-part"];
const IN_DIALOGS = ["command"];

/** Tell whether the focus is where a key has a meaning of its own; it stays in a closed dialog until the next frame. */
export function isTaken(event, action, dialog) {
  const gone = Boolean(event.target?.closest?.("dialog:not([open])"));
  const within = (selector) => !gone && Boolean(event.target?.closest?.(selector));
  if (dialog) return !IN_DIALOGS.includes(action.do);
  if (within(TYPED_INTO)) return !WHILE_TYPING.includes(action.do);
  if (event.key === " " && within(PRESSED)) return true;
  return WALKING.test(event.key) && within(WALKED);
}

export class Keyboard {
  /** @param {{act: (action: any) => any}} parts an action that `act` answers with false is left to the browser */
  constructor({ act }) {
    this.act = act;
    document.addEventListener("keydown", (event) => this.#hear(event));
  }

  #hear(event) {
    if (event.defaultPrevented || event.isComposing) return;
    const action = actionOf(event);
    if (!action || isTaken(event, action, document.querySelector("dialog[open]"))) return;
    if (event.repeat && !rowOf(event).repeats) event.preventDefault();
    else if (this.act(action) !== false) event.preventDefault();
  }
}

const seen = (element) => element.getClientRects().length > 0;

/** Move the focus to the part after (or before) the one that has it: F6. @param {HTMLElement[]} parts in their order */
export function focusPart(parts, by) {
  const shown = parts.filter(seen);
  if (!shown.length) return;
  const at = shown.findIndex((part) => part.contains(document.activeElement));
  const part = shown[(at < 0 && by < 0 ? shown.length - 1 : at + by + shown.length) % shown.length];
  const first = part.matches(FOCUSED) ? part : [...part.querySelectorAll(FOCUSED)].find(seen);
  (first ?? part).focus();
}
