/** The colours of the desk: every text can be read (WCAG, 4.5 to 1) in both themes, with both pairs. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const LEAST = 4.5;
const sheet = readFileSync(new URL("../../static/css/desk.css", import.meta.url), "utf8");

/** Return the variables that a selector sets. */
function variables(selector) {
  const from = sheet.indexOf(`\n${selector} {`);
  assert.ok(from >= 0, `desk.css has no ${selector}`);
  const block = sheet.slice(from, sheet.indexOf("}", from));
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
}

/** Return [red, green, blue, opacity], the first three 0 to 255. */
function parsed(value) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value);
  if (hex) return [...hex.slice(1).map((part) => Number.parseInt(part, 16)), 1];
  const rgb = /^rgb\((\d+) (\d+) (\d+) \/ (\d+)%\)$/.exec(value);
  assert.ok(rgb, `${value} is no colour that is known here`);
  return [...rgb.slice(1, 4).map(Number), Number(rgb[4]) / 100];
}

const over = ([red, green, blue, opacity], ground) => [red, green, blue].map((part, place) => part * opacity + ground[place] * (1 - opacity));

function brightness(colour) {
  const [red, green, blue] = colour.slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [brightness(one), brightness(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test("contrast is what WCAG says it is", () => {
  assert.equal(contrast(parsed("#000000"), parsed("#ffffff")), 21);
  assert.equal(contrast(parsed("#777777"), parsed("#ffffff")).toFixed(2), "4.48");
  assert.deepEqual(over(parsed("rgb(255 0 0 / 50%)"), [0, 0, 255]), [127.5, 0, 127.5]);
});

const dark = variables(":root");
const light = { ...dark, ...variables(':root[data-theme="light"]') };
const LOOKS = {
  dark, light,
  "dark, blue and orange": { ...dark, ...variables(':root[data-pair="blue"]') },
  "light, blue and orange": { ...light, ...variables(':root[data-theme="light"][data-pair="blue"]') },
};
const TEXTS = ["text", "soft", "faint", "accent", "up", "down", "amber"];
const GROUNDS = ["ground", "panel", "raised"];
/** Colours that are only ever written on these. */
const PAIRS = [["on-colour", "up"], ["on-colour", "down"], ["up", "up-ground"], ["amber", "amber-ground"], ["text", "amber-ground"], ["text", "tag"]];

for (const [name, look] of Object.entries(LOOKS)) {
  test(`all text can be read: ${name}`, () => {
    const colour = (variable) => parsed(look[variable]);
    const pairs = [...TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground])), ...PAIRS];
    const seen = pairs.map(([text, ground]) => ({ text, ground, is: contrast(colour(text), colour(ground)) }));
    for (const tint of ["up-tint", "down-tint"]) seen.push({ text: "text", ground: tint, is: contrast(colour("text"), over(colour(tint), colour("raised"))) });
    for (const part of [0.08, 0.16]) {
      const chosen = over([...colour("accent").slice(0, 3), part], colour(part === 0.08 ? "panel" : "raised"));
      for (const text of part === 0.08 ? TEXTS : ["text", "soft"]) seen.push({ text, ground: `${part} of accent`, is: contrast(colour(text), chosen) });
    }
    assert.deepEqual(seen.filter(({ is }) => is < LEAST).map(({ text, ground, is }) => `${text} on ${ground}: ${is.toFixed(2)}`), []);
  });

  test(`lines of the focus and of what is chosen are seen: ${name}`, () => {
    for (const ground of GROUNDS) assert.ok(contrast(parsed(look.accent), parsed(look[ground])) >= 3, ground);
  });
}
