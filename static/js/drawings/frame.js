/** Wire floor. How a chart lies on the screen, as drawings need it: times and prices to pixels and back. */

/** Return the open, high, low or close that is nearest to a pixel, of the bar under it; null where there is none. */
function snapped(series, scale, place, pixel) {
  const bar = series.at(Math.round(place));
  if (!bar || bar.source === "hole") return null;
  const far = (price) => Math.abs(scale.y(price) - pixel);
  return [bar.open, bar.high, bar.low, bar.close].reduce((best, price) => (far(price) < far(best) ? price : best));
}

/**
 * Return the frame of a price pane `width` px wide that shows the places of `view` and the prices of `scale`.
 * @param {{view: {start: number, end: number}, scale: import("../scale.js").Scale, width: number,
 *   series: import("../bars.js").Series, decimals: number}} chart
 * @returns {import("./shapes.js").Frame}
 */
export function frameOf({ view, scale, width, series, decimals }) {
  const { start, end } = view;
  const { low, high, top, bottom, log, inverted } = scale;
  const placeAt = (pixel) => start + (pixel / width) * (end - start);
  return {
    x: (place) => ((place - start) / (end - start)) * width,
    placeAt,
    y: (price) => scale.y(price),
    priceAt: (pixel) => scale.value(pixel),
    placeOf: (time) => series.placeOf(time),
    timeOf: (place) => series.timeOf(place),
    snap: (across, down) => snapped(series, scale, placeAt(across), down),
    width, top, height: bottom - top, decimals,
    epoch: [start, end, low, high, top, bottom, log, inverted, width, decimals, series.base, series.revision].join(" "),
  };
}
