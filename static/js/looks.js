/** View floor. How the desk looks: theme, pair of colours, density; and its colours for what is no style sheet's. */

const NAMES = ["ground", "panel", "raised", "line", "text", "soft", "faint", "accent", "up", "down", "amber"];

const YEAR = 31_536_000;

/** Have the next page, and the one to log in, begin as this one looks: see dashboard/looks.py. */
function note(theme, { pair, density }) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `looks=${theme}.${pair}.${density}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}

export class Looks {
  #colours = null;
  #light = matchMedia("(prefers-color-scheme: light)");

  /** @param {{onChange: () => void}} parts called when the colours have changed */
  constructor({ onChange }) {
    this.onChange = onChange;
    this.#light.addEventListener("change", () => this.kept && this.show(this.kept));
  }

  /** Look like this. @param {{theme: string, pair: string, density: string}} looks of deskdoc.js */
  show(looks) {
    this.kept = looks;
    const { dataset } = document.documentElement;
    const theme = looks.theme === "system" ? (this.#light.matches ? "light" : "dark") : looks.theme;
    Object.assign(dataset, { theme, pair: looks.pair, density: looks.density });
    note(theme, looks);
    this.#colours = null;
    document.querySelector("meta[name=theme-color]")?.setAttribute("content", this.colours().ground);
    this.onChange();
  }

  /** Return the colours by name, as #rrggbb. */
  colours() {
    if (!this.#colours) {
      const style = getComputedStyle(document.documentElement);
      this.#colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    }
    return this.#colours;
  }
}
