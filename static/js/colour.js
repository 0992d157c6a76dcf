/** Wire floor. Colours as #rrggbb: how far apart two are to the eye, and one that is seen on a ground. */

const STEP = 0.12;

/** The contrast at which a line is seen, and a letter read, as the WCAG ask for it. */
const SEEN = 3;
export const READ = 4.5;

const parts = (colour) => [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));

function light(colour) {
  const [red, green, blue] = parts(colour).map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Return the contrast of two colours, 1 … 21, as the WCAG count it. */
export function contrast(one, other) {
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** Return a colour mixed with so much of another. */
export function mixed(colour, other, part) {
  const [from, to] = [parts(colour), parts(other)];
  return `#${from.map((value, each) => Math.round(value + (to[each] - value) * part).toString(16).padStart(2, "0")).join("")}`;
}

/** Return the colour itself where it is seen on a ground, else one like it that is: darker on light, lighter on dark. */
export function legible(colour, ground, enough = SEEN) {
  const towards = light(ground) > 0.3 ? "#000000" : "#ffffff";
  let found = colour;
  for (let part = STEP; contrast(found, ground) < enough && part < 1; part += STEP) found = mixed(colour, towards, part);
  return found;
}
