/** View floor. Keys that are pressed for a dialog while it is still on its way. */

const HELD = new Set(["Enter", "Backspace", "Escape"]);

/** Keeps what is typed from everybody else, until `end`. */
export class Early {
  text = "";
  /** Enter was pressed: what follows is for nobody. */
  entered = false;
  /** Esc was pressed: the dialog isn't wanted any more. */
  left = false;
  #take = (event) => this.#key(event);

  constructor() {
    document.addEventListener("keydown", this.#take, true);
  }

  /** Leave the keys to the page again. */
  end() {
    document.removeEventListener("keydown", this.#take, true);
  }

  #key(event) {
    const written = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!written && !HELD.has(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (this.entered) return;
    if (written) this.text += event.key;
    else if (event.key === "Backspace") this.text = this.text.slice(0, -1);
    else if (event.key === "Enter") this.entered = true;
    else this.left = true;
  }
}
