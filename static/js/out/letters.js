/** View floor. Words and labels of the page as a drawing (SVG): every letter where the page has it. */

import { draw } from "../dom.js";
import { copyOf } from "./inked.js";

const SIDES = ["Top", "Right", "Bottom", "Left"];
const CORNERS = ["TopLeft", "TopRight", "BottomRight", "BottomLeft"];
const CLEAR = /^(transparent|rgba\(0, 0, 0, 0\))$/;

let ruler = null;

/** Return how far the letters of a font reach above their line, in px. */
function ascentOf(font) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = font;
  return ruler.measureText("x").fontBoundingBoxAscent;
}

/**
 * Return letters as the lines that they stand in: [{text, left, right, top}].
 * @param {{letter: string, left: number, right: number, top: number}[]} letters
 */
export function linesOf(letters) {
  const lines = [];
  for (const { letter, left, right, top } of letters) {
    const last = lines[lines.length - 1];
    if (last && Math.abs(last.top - top) < 1) Object.assign(last, { text: last.text + letter, right });
    else lines.push({ text: letter, left, right, top });
  }
  return lines.filter(({ text }) => text.trim());
}

/** Return the outline of a box with round corners, clockwise from the top left. @param {number[]} radii of the four */
export function outline({ left, top, width, height }, radii) {
  const most = Math.min(width, height) / 2;
  const [a, b, c, d] = radii.map((radius) => Math.min(radius, most));
  const arc = (radius, across, down) => (radius ? `a${radius} ${radius} 0 0 1 ${across} ${down}` : "");
  return `M${left + a} ${top}H${left + width - b}${arc(b, b, b)}V${top + height - c}${arc(c, -c, c)}H${left + d}${arc(d, -d, -d)}V${top + a}${arc(a, a, -a)}z`;
}

/** Return the letters of a text with their places, those that take any. */
function lettersOf(node, from) {
  const range = document.createRange();
  const letters = [];
  let at = 0;
  for (const letter of node.data) {
    range.setStart(node, at);
    range.setEnd(node, at += letter.length);
    const box = range.getClientRects()[0];
    if (box?.width) letters.push({ letter, left: box.left - from.left, right: box.right - from.left, top: box.top - from.top });
  }
  return letters;
}

const CASES = { uppercase: (text) => text.toUpperCase(), lowercase: (text) => text.toLowerCase() };

function textOf(node, style, from) {
  const ascent = ascentOf(`${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`);
  const change = CASES[style.textTransform] ?? ((text) => text);
  return linesOf(lettersOf(node, from)).map(({ text, left, right, top }) => draw("text", {
    x: left, y: top + ascent, textLength: right - left, fill: style.color, "font-family": style.fontFamily, "font-size": style.fontSize,
    "font-weight": style.fontWeight, "font-style": style.fontStyle, "text-decoration": style.textDecorationLine, "xml:space": "preserve",
  }, change(text)));
}

/** Return the ground and the borders of an element. */
function boxOf(style, { left, top, width, height }) {
  const parts = [];
  const radii = CORNERS.map((corner) => Number.parseFloat(style[`border${corner}Radius`]) || 0);
  if (!CLEAR.test(style.backgroundColor)) parts.push(draw("path", { d: outline({ left, top, width, height }, radii), fill: style.backgroundColor }));
  const widths = SIDES.map((side) => (style[`border${side}Style`] === "none" ? 0 : Number.parseFloat(style[`border${side}Width`])));
  const [above, right, below, before] = widths;
  const edges = [[left, top, width, above], [left + width - right, top, right, height], [left, top + height - below, width, below], [left, top, before, height]];
  edges.forEach(([x, y, across, down], side) => {
    if (widths[side]) parts.push(draw("rect", { x, y, width: across, height: down, fill: style[`border${SIDES[side]}Color`] }));
  });
  return parts;
}

/** Return a group for what is in an element; where it cuts off what is too wide, so does the group. */
function frameOf(style, { left, top, width, height }) {
  const opacity = style.opacity === "1" ? null : style.opacity;
  if (style.overflowX === "visible") return draw("g", { opacity });
  return draw("svg", { x: left, y: top, width, height, viewBox: `${left} ${top} ${width} ${height}`, opacity });
}

/**
 * Return an element of the page with all that is in it as a drawing, or null where nothing of it is seen.
 * @param {HTMLElement} element @param {{left: number, top: number}} from where the drawing begins on the screen
 * @param {string} leftOut selector of what isn't drawn
 */
export function drawn(element, from, leftOut) {
  const style = getComputedStyle(element);
  const rect = element.getBoundingClientRect();
  if (style.display === "none" || element.matches(leftOut) || !rect.width || !rect.height) return null;
  const box = { left: rect.left - from.left, top: rect.top - from.top, width: rect.width, height: rect.height };
  const group = frameOf(style, box);
  const seen = style.visibility === "visible";
  if (seen) group.append(...boxOf(style, box));
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) group.append(...(seen ? textOf(child, style, from) : []));
    else if (child.nodeType === Node.ELEMENT_NODE) group.append(...[child.namespaceURI === group.namespaceURI ? placed(child, from) : drawn(child, from, leftOut)].filter(Boolean));
  }
  return group;
}

/** Return a copy of a drawing at the place that it has on the screen. @param {SVGSVGElement} svg */
export function placed(svg, from) {
  const copy = copyOf(svg);
  const { left, top, width, height } = svg.getBoundingClientRect();
  if (!copy || !width || !height) return null;
  for (const [name, value] of Object.entries({ x: left - from.left, y: top - from.top, width, height })) copy.setAttribute(name, value);
  return copy;
}
