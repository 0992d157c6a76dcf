/** Wire floor. Which action a pressed key stands for. */

import { ROWS } from "./table.js";

/** @typedef {{key: string, code?: string, ctrlKey?: boolean, altKey?: boolean, shiftKey?: boolean, metaKey?: boolean, repeat?: boolean}} Pressed */

/** Return the Latin letter of a key: what it writes, or, where that is another (Option on a Mac, other scripts), by its place. */
function letterOf({ key, code = "" }) {
  const letter = key.toLowerCase();
  return /^[a-z]$/.test(letter) ? letter : (/^Key([A-Z])$/.exec(code)?.[1].toLowerCase() ?? "");
}

/** Tell whether what is held is what a key needs to be written anyway: nothing, Shift, AltGr; on a Mac Option for brackets. */
function isWritten(key, { ctrlKey, altKey, metaKey }) {
  if (metaKey) return false;
  return Boolean(ctrlKey) === Boolean(altKey) || (Boolean(altKey) && "[]".includes(key));
}

function fits(press, event) {
  if (press.key) return press.key === event.key && isWritten(press.key, event);
  const ctrl = Boolean(event.ctrlKey || event.metaKey);
  const held = ctrl === Boolean(press.ctrl) && Boolean(event.altKey) === Boolean(press.alt) && Boolean(event.shiftKey) === Boolean(press.shift);
  return held && (press.letter ? press.letter === letterOf(event) : press.name === event.key);
}

/** Return the row of the table that a key belongs to, or null. */
export function rowOf(event) {
  return ROWS.find((row) => !row.symbolBox && row.press.some((press) => fits(press, event))) ?? null;
}

/** Return the action of a key, as grammar.js has them, or null. Digits come as the text of the interval box. @param {Pressed} event */
export function actionOf(event) {
  const row = rowOf(event);
  if (!row) return null;
  return row.text ? { ...row.action, text: /\d/.test(event.key) ? event.key : "" } : { ...row.action };
}
