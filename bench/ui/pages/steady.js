/** Runs in the desk: where a bar's candle is drawn, and whether it stays there in each frame. */

globalThis.steady = (() => {
  const plot = () => document.querySelector("[data-chart] .js-plotly-plot");
  const boxes = () => [...plot().querySelectorAll(".boxlayer path.box")];
  const nameOf = ({ __data__: { o, h, l, c, med, q1, q3, lf, uf, min, max, pos } }) => JSON.stringify([o ?? q1, h ?? max, l ?? min, c ?? q3, med, lf, uf].concat(o === undefined && q1 === undefined ? [pos] : []));
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
    data: () => boxes()[0]?.__data__ && Object.keys(boxes()[0].__data__),
  };
})();
