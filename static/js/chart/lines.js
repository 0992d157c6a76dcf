/** Wire floor. What the legend says of studies and comparisons at one bar. */

import { formatPercent, formatPrice, formatVolume } from "../format.js";
import { nameOf, venueOf } from "../symbols.js";

/** Return a study's value as people read it. */
function valueText(value, definition, decimals) {
  if (value === null || value === undefined) return "–";
  if (definition.decimals === undefined && Math.abs(value) >= 1e7) return formatVolume(Math.abs(value));
  return formatPrice(value, definition.decimals ?? decimals);
}

/**
 * Return [{study | comparison, title, colour, values: [{text, colour}]}] at a position among the bars.
 * @param {import("./model.js").Model} model @param {number} from the first position in sight
 */
export function legendLines(model, at, from, decimals, { soft }) {
  const studies = model.studies.map((each, study) => ({
    study, title: each.title, colour: Object.values(each.letters)[0] ?? soft,
    values: each.study ? each.definition.lines.map(({ key, colour }) => ({ text: valueText(each.values(key)[at], each.definition, decimals), colour: each.letters[colour] })) : [],
  }));
  const comparisons = model.comparisons.map((part) => ({
    comparison: part.symbol, title: `${nameOf(part.symbol)} ${venueOf(part.symbol)}`, colour: part.letter,
    values: [{ text: formatPercent(part.percent(from, at) ?? NaN), colour: part.letter }],
  }));
  return [...studies, ...comparisons];
}
