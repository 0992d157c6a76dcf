/** View floor. Keys that are pressed for a dialog while it is still on its way. */

/** Keeps what is typed from everybody else, until `end`; Enter, Esc and a press elsewhere end it, too. */
export class Early {
  text = "";
  /** Enter was pressed: what follows is no longer for the dialog. */
  entered = false;
  /** The dialog isn't wanted any more. */
  left = false;
  #take = (event) => this.#key(event);
  #leave = () => this.leave();

  constructor() {
    document.addEventListener("keydown", this.#take, true);
    document.addEventListener("pointerdown", this.#leave, true);
  }

  /** Leave the keys to the page again. */
  end() {
    document.removeEventListener("keydown", this.#take, true);
    document.removeEventListener("pointerdown", this.#leave, true);
  }

  /** The dialog isn't wanted any more. */
  leave() {
    this.left = true;
    this.end();
  }

  /** That was all: do it once the dialog is there. */
  enter() {
    this.entered = true;
    this.end();
  }

  #key(event) {
    const written = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!written && !["Enter", "Backspace", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (written) this.text += event.key;
    else if (event.key === "Backspace") this.text = this.text.slice(0, -1);
    else if (event.key === "Escape") this.leave();
    else this.enter();
  }
}
