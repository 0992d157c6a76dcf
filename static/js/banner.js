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
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** Show a text for a few seconds; the oldest makes room when there are three. */
  say(text) {
    const toast = make("div", { class: "toast" }, text);
    this.root.append(toast);
    while (this.root.children.length > MOST) this.root.firstElementChild.remove();
    setTimeout(() => toast.remove(), SHOWN);
  }
}
