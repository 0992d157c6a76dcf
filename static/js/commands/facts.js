/** View floor. What the command line knows of the desk. */

import { GRIDS, LINKS, SCALES, THEMES, TYPES } from "../deskdoc.js";

/** Return the facts that the grammar reads a line by. @param {{charts: any, definitions: Map<string, any>, intervals: string[], now: number}} parts */
export function facts({ charts, definitions, intervals, now }) {
  const { document, chart } = charts;
  return {
    intervals, studies: [...definitions.values()], types: TYPES, scales: SCALES, grids: GRIDS, colours: LINKS, themes: THEMES,
    desks: document.desks.map(({ name }) => name), lists: document.lists.map(({ name }) => name), symbolNow: chart.symbol, now,
  };
}
