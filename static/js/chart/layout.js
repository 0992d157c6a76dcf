/** Wire floor. Where the parts of a chart lie: the price, the volume and the panes of indicators, one below the other. */

export const PRICE = "price";
export const VOLUME = "volume";
export const AXIS_WIDTH = 80;
export const AXIS_HEIGHT = 26;

const GAP = 8;
const SHARE = { volume: 0.17, study: 0.19 };
const PRICE_LEAST = 0.42;

/**
 * @typedef {{top: number, bottom: number}} Rows px from the top of the chart
 * @typedef {{width: number, height: number, plotWidth: number, plotHeight: number, panes: Map<string, Rows>}} Box
 */

/**
 * Return the places of a chart's panes: the price first, then the volume if it is shown, then one for each study.
 * @param {number} width @param {number} height px @param {string[]} studies ids of panes @returns {Box}
 */
export function boxOf(width, height, volume, studies) {
  const plotWidth = Math.max(1, width - AXIS_WIDTH);
  const plotHeight = Math.max(1, height - AXIS_HEIGHT);
  const below = [...(volume ? [[VOLUME, SHARE.volume]] : []), ...studies.map((id) => [id, SHARE.study])];
  const wanted = below.reduce((sum, [, share]) => sum + share, 0);
  const squeeze = Math.min(1, (1 - PRICE_LEAST) / (wanted || 1));
  const panes = new Map();
  let top = plotHeight * (1 - wanted * squeeze);
  panes.set(PRICE, { top: 0, bottom: top });
  for (const [id, share] of below) {
    const bottom = top + plotHeight * share * squeeze;
    panes.set(id, { top: top + Math.min(GAP, (bottom - top) / 2), bottom });
    top = bottom;
  }
  return { width, height, plotWidth, plotHeight, panes };
}

/** Return the pane at a pixel, or null: between two, or below all. */
export function paneAt(box, y) {
  for (const [id, { top, bottom }] of box.panes) if (y >= top && y <= bottom) return id;
  return null;
}
