/** Runs in the desk: where a bar's candle is drawn, and whether it stays there in each frame. */

globalThis.steady = (() => {
  const plot = () => document.querySelector("[data-chart] .js-plotly-plot");
  const boxes = () => [...plot().querySelectorAll(".boxlayer path.box")];
  const nameOf = ({ __data__: { q1, q3, med, min, max } }) => [q1, q3, med, min, max].join(" ");
  const middle = (element) => { const { left, width } = element.getBoundingClientRect(); return left + width / 2; };
  let [name, element] = [null, null];

  /** The candle that has the name, wherever it is drawn now; it is looked for again only when it is gone. */
  function mine() {
    if (!element?.isConnected || nameOf(element) !== name) element = boxes().find((each) => nameOf(each) === name) ?? null;
    return element;
  }

  return {
    /** Choose the candle nearest to a pixel whose prices no other has; return its x. */
    choose(x) {
      const all = boxes();
      const counts = new Map();
      for (const each of all) counts.set(nameOf(each), (counts.get(nameOf(each)) ?? 0) + 1);
      element = all.filter((each) => counts.get(nameOf(each)) === 1).reduce((best, each) => (Math.abs(middle(each) - x) < Math.abs(middle(best) - x) ? each : best));
      name = nameOf(element);
      return middle(element);
    },
    /** Return the x of the chosen candle now. */
    where: () => (mine() ? middle(element) : null),
    /** Begin to note where the candle is in each frame. */
    begin() {
      const places = (globalThis.steadyPlaces = []);
      const run = () => {
        if (globalThis.steadyPlaces !== places) return;
        places.push(mine() ? middle(element) : null);
        requestAnimationFrame(run);
      };
      requestAnimationFrame(run);
    },
    /** Return {least, most, frames, gone} of the candle's x since `begin`. */
    end() {
      const places = globalThis.steadyPlaces;
      globalThis.steadyPlaces = null;
      const known = places.filter((each) => each !== null);
      return { least: Math.min(...known), most: Math.max(...known), frames: places.length, gone: places.length - known.length };
    },
    /** Return the pixels from one bar to the next. */
    spacing() {
      const [first, last] = [boxes()[0], boxes().at(-1)];
      return (middle(last) - middle(first)) / (last.__data__.pos - first.__data__.pos);
    },
  };
})();
