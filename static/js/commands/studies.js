/** Wire floor. Indicators as people type them: ema20, ema 20, bollinger 20 2, macd(12,26,9), rsi length=14. */

import { Misread, shown } from "./tokens.js";

const ATTACHED = /^(.*?[^\d.])(\d+(?:\.\d+)?)$/;
const NUMBER = /^\d{1,12}(\.\d{1,12})?$/;
const NAMED = /^([a-z]\w*)=(.+)$/i;
const BEGINNING = 4;
/** What others call them, where the folder has such a kind. */
const CALLED = { bbands: "bollinger", bollingerbands: "bollinger", vpvr: "profile", movingaverage: "sma" };

/** @typedef {{kind: string, title: string, long?: string, params: {key: string, label?: string, value: any, least?: number, most?: number, step?: number}[]}} Study */

const plain = (text) => text.toLowerCase().replace(/[^a-z]/g, "");

/** Return the indicator of that name: its kind, title or what it is long for, or the beginning of one of them. */
export function studyNamed(name, studies) {
  const word = name.replace(/[\s%-]/g, "").toLowerCase();
  if (!/^[a-z]+$/.test(word)) return null;
  const names = (study) => [study.kind, study.title, study.long ?? ""].map(plain);
  const called = Object.hasOwn(CALLED, word) ? CALLED[word] : word;
  const exact = studies.find((study) => names(study).includes(called));
  if (exact || word.length < BEGINNING) return exact ?? null;
  const begun = studies.filter((study) => names(study).slice(0, 2).some((each) => each.startsWith(word)));
  return begun.length === 1 ? begun[0] : null;
}

/** Return {study, number} of one word such as ema20; the number is null where none hangs on it. */
function ofWord(text, studies) {
  const study = studyNamed(text, studies);
  if (study) return { study, number: null };
  const [, name, number] = ATTACHED.exec(text) ?? [];
  const found = name ? studyNamed(name, studies) : null;
  return found && { study: found, number };
}

/** Return {study, number, words} if an indicator is named at the cursor, in up to three words; goes no further. */
function named(cursor, studies, first) {
  for (let words = 3; words > 1; words -= 1) {
    const others = cursor.tokens.slice(cursor.at + 1, cursor.at + words).map((each) => each.low);
    const study = others.length === words - 1 ? studyNamed([first, ...others].join(" "), studies) : null;
    if (study) return { study, number: null, words };
  }
  const found = ofWord(first, studies);
  return found && { ...found, words: 1 };
}

/** Return the value of a parameter from its text. Throws Misread with the bounds it has. */
function checked(study, param, text) {
  const value = Number(text);
  const label = (param.label ?? param.key).toLowerCase();
  const { least = 0, most = Infinity } = param;
  if (!NUMBER.test(text)) throw new Misread(`${study.title}: ${label} is a number, not ${shown(text)}.`, text);
  if (Number.isInteger(param.step) && !Number.isInteger(value)) throw new Misread(`${study.title}: ${label} is a whole number, not ${text}.`, text);
  if (value >= least && value <= most) return value;
  const bounds = most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  throw new Misread(`${study.title}: ${label} is ${bounds}, not ${text}.`, text);
}

function tooMany(study, text) {
  const labels = study.params.map((each) => (each.label ?? each.key).toLowerCase());
  const takes = labels.length ? `${labels.length === 1 ? "one number" : `${labels.length} numbers`} (${labels.join(", ")})` : "no number";
  return new Misread(`${study.title} takes ${takes}: ${text} is too many.`, text);
}

/** Return the parameters that follow, in their order or by name. */
function params(cursor, study, number) {
  const given = {};
  const free = [...study.params];
  const give = (text, param) => {
    if (!param) throw tooMany(study, text);
    given[param.key] = checked(study, param, text);
    free.splice(free.indexOf(param), 1);
  };
  if (number !== null) give(number, free[0]);
  for (;;) {
    const text = cursor.next && !cursor.next.quoted ? cursor.next.text : "";
    const [, key, value] = NAMED.exec(text) ?? [];
    const byName = key && free.find((each) => each.key.toLowerCase() === key.toLowerCase());
    if (key && !byName && NUMBER.test(value)) throw new Misread(`${study.title} has no number called ${shown(key)}.`, text);
    if (byName) give(value, byName);
    else if (NUMBER.test(text)) give(text, free[0]);
    else return given;
    cursor.take();
  }
}

/**
 * Return {study, given} if an indicator with its parameters stands at the cursor, and go past it; null if none does.
 * @param {import("./tokens.js").Cursor} cursor @param {Study[]} studies @param {string} sign what may stand before its name
 */
export function takeStudy(cursor, studies, sign = "") {
  const text = cursor.next?.low ?? "";
  const name = text.slice(sign.length);
  if (!text.startsWith(sign) || !/^[a-z]/.test(name) || cursor.next.quoted || cursor.next.formula) return null;
  const found = named(cursor, studies, name);
  if (!found) return null;
  cursor.at += found.words;
  return { study: found.study, given: params(cursor, found.study, found.number) };
}

/** Return how many words name the indicator at the cursor; 0 if none stands there. */
export function wordsAt(cursor, studies) {
  return (cursor.next && !cursor.next.quoted && named(cursor, studies, cursor.next.low)?.words) || 0;
}

/** Return all parameters of an indicator: those given, else its own. */
export function complete(study, given) {
  return Object.fromEntries(study.params.map(({ key, value }) => [key, given[key] ?? value]));
}
