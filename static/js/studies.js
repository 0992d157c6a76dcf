/** Store floor. Studies: indicators with parameters and colours, as a chart keeps them; made whole and named here. */

import { tickDecimals } from "./format.js";

/**
 * @typedef {{key: string, label: string, value: number, least: number, most: number, step: number,
 *   unnamed?: boolean}} Param one that is unnamed is no part of what the study is called
 * @typedef {{key: string, colour: string, style: "line"|"histogram"|"dots", signed?: boolean, fillTo?: string}} Line
 * @typedef {{kind: string, title: string, long: string, place: "over"|"pane"|"profile", params: Param[],
 *   colours: {key: string, label: string, value: string}[], lines: Line[], levels?: number[],
 *   range?: [number, number], decimals?: number,
 *   create?: (params: any) => {push: (bar: any) => any, peek: (bar: any) => any},
 *   profile?: (bars: any[], rows: number, params: any) => any}} Definition
 * @typedef {{kind: string, params: Object<string, number>, colours: Object<string, string>}} Chosen
 */

const COLOUR = /^#[0-9a-f]{6}$/i;
const SPARE = ["#6ea8fe", "#e6b450", "#a78bfa", "#3aa99f", "#d08770", "#d77fb3", "#9ab45a", "#5aa7c7"];

/**
 * Return the definitions in these modules by kind, in their order. One that can't be used is left out, and told.
 * @param {string[]} urls @param {(url: string, error: Error) => void} onFail
 * @returns {Promise<Map<string, Definition>>}
 */
export async function loadDefinitions(urls, onFail = () => {}) {
  const found = await Promise.allSettled(urls.map(async (url) => checked((await import(url)).default)));
  const definitions = new Map();
  found.forEach(({ value, reason }, place) => {
    if (value && !definitions.has(value.kind)) definitions.set(value.kind, value);
    else onFail(urls[place], reason ?? new Error(`another file has the kind ${value.kind}`));
  });
  return definitions;
}

function checked(definition) {
  const { kind, title, place, params, colours, lines, create, profile } = definition ?? {};
  const texts = [kind, title].every((text) => typeof text === "string" && text);
  const lists = [params, colours, lines].every(Array.isArray);
  const made = new Map([["over", create], ["pane", create], ["profile", profile]]).get(place);
  if (!texts || !lists || typeof made !== "function") throw new Error("this is no indicator");
  return definition;
}

/** Return a study as it begins. */
export function defaults(definition) {
  return { kind: definition.kind, params: boundedParams(definition, {}), colours: knownColours(definition, {}) };
}

/** Return a study to put beside others: its first colour is one that none of them has, while there are such. */
export function beside(studies, definition) {
  const study = defaults(definition);
  const [first] = definition.colours;
  const taken = new Set(studies.flatMap(({ colours }) => Object.values(colours ?? {})));
  const free = first && [first.value, ...SPARE].find((colour) => !taken.has(colour));
  return free ? { ...study, colours: { ...study.colours, [first.key]: free } } : study;
}

/** Return a valid copy of what was kept, whatever that was; null where no definition has its kind. */
export function cleaned(study, definitions) {
  const definition = definitions.get(study?.kind);
  if (!definition) return null;
  const { kind, params, colours } = study;
  return { kind, params: boundedParams(definition, params), colours: knownColours(definition, colours) };
}

/** Return every parameter of a definition within its bounds and on its step; its own value for what is no number. */
export function boundedParams({ params }, given) {
  return Object.fromEntries(params.map((param) => [param.key, bounded(param, given?.[param.key])]));
}

function bounded({ value, least, most, step }, given) {
  if (typeof given !== "number" || Number.isNaN(given)) return value;
  const within = Math.min(most, Math.max(least, given));
  const stepped = least + Math.round((within - least) / step) * step;
  return Number(Math.min(most, stepped).toFixed(tickDecimals(step)));
}

function knownColours({ colours }, given) {
  const known = (colour) => typeof colour === "string" && COLOUR.test(colour);
  return Object.fromEntries(colours.map(({ key, value }) => [key, known(given?.[key]) ? given[key].toLowerCase() : value]));
}

/** Return what a study is called on the chart: EMA 20. */
export function label({ params }, definition) {
  const told = definition.params.filter(({ unnamed }) => !unnamed);
  return [definition.title, ...told.map(({ key }) => params[key])].join(" ");
}

/** Return the definitions whose names hold every word of a text, by title; those that begin with it first. */
export function matching(definitions, text) {
  const words = text.trim().toLowerCase().split(/\s+/);
  const names = ({ kind, title, long }) => `${title} ${kind} ${long}`.toLowerCase();
  const found = [...definitions.values()].filter((each) => words.every((word) => names(each).includes(word)));
  const rank = (each) => Number(!names(each).startsWith(words[0]));
  return found.sort((one, other) => rank(one) - rank(other) || one.title.localeCompare(other.title));
}
