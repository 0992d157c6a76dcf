/** View floor. What leaves the page: a file that is saved, a text for the clipboard; and a file that comes in. */

import { make } from "../dom.js";

/** By then every browser has begun to read a file that it saves. */
const KEPT = 30_000;

/** Save a file under a name. @param {Blob} blob */
export function saveFile(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = make("a", { href: url, download: name, hidden: "" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}

/** Put a text into the clipboard; tell whether that could be done. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // there is none on a page without https, and it may be forbidden
  }
}

/** Have a file chosen. @returns {Promise<File|null>} null: none was */
export function chooseFile(accept) {
  const input = make("input", { type: "file", accept, "aria-label": "File of a desk" });
  return new Promise((resolve) => {
    input.addEventListener("change", () => resolve(input.files[0] ?? null));
    input.addEventListener("cancel", () => resolve(null));
    input.click();
  });
}
