/** View floor. The banner over the desk when our line is down, and the server's complaints in the corner. */

import { make, setText } from "./dom.js";
import { CLOSE_LOGIN } from "./wire.js";

const SHOWN = 6000;
const MOST = 3;

/** Return {what, next} for the state of our line; `next` says what happens now. */
export function lineText(line, wait, online) {
  if (line.code === CLOSE_LOGIN) return { what: "You are no longer logged in; prices stand still.", next: "Log in again to go on." };
  const what = line.state === "down" ? "The server can't be reached; prices stand still." : "The line to the server is lost; prices stand still.";
  if (!online) return { what: "This machine is offline; prices stand still.", next: "They go on by themselves when it is back." };
  return { what, next: wait > 0 ? `Next attempt in ${Math.ceil(wait / 1000)} s.` : "Connecting again …" };
}

export class Banner {
  /** @param {HTMLElement} root @param {{line: import("./socket.js").Line, painter: import("./painter.js").Painter, loginUrl: string}} parts */
  constructor(root, { line, painter, loginUrl }) {
    Object.assign(this, { root, line });
    this.what = root.querySelector("[data-part=what]");
    this.next = root.querySelector("[data-part=next]");
    this.retry = root.querySelector("button");
    this.login = root.querySelector("a");
    this.login.href = loginUrl;
    this.retry.addEventListener("click", () => line.open());
    this.ask = painter.job(() => this.#paint());
  }

  #paint() {
    const bad = this.line.state === "reconnecting" || this.line.state === "down";
    const out = this.line.code === CLOSE_LOGIN;
    this.root.hidden = !bad;
    this.login.hidden = !out;
    this.retry.hidden = out;
    if (!bad) return;
    const { what, next } = lineText(this.line, (this.line.retryAt ?? 0) - this.line.now(), navigator.onLine);
    setText(this.what, what);
    setText(this.next, next);
  }
}

export class Toasts {
  #hidden = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.more = make("div", { class: "toast more", hidden: "" });
    root.append(this.more);
  }

  /** Show a text for a few seconds, the newest three of them; how many more there were is counted below. */
  say(text) {
    const shown = this.#shown();
    if (shown.some((toast) => toast.textContent === text)) return;
    if (shown.length >= MOST) {
      shown[0].remove();
      this.#hidden += 1;
    }
    const toast = make("div", { class: "toast" }, text);
    this.more.before(toast);
    setTimeout(() => this.#over(toast), SHOWN);
    this.#count();
  }

  #shown() {
    return [...this.root.children].filter((child) => child !== this.more);
  }

  #over(toast) {
    toast.remove();
    if (!this.#shown().length) this.#hidden = 0;
    this.#count();
  }

  #count() {
    this.more.hidden = !this.#hidden;
    setText(this.more, this.#hidden ? `and ${this.#hidden} more` : "");
  }
}
