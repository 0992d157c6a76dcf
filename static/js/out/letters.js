/** View floor. Words and labels of the page as a drawing (SVG): every letter where the page has it. */

import { draw } from "../dom.js";
import { copyOf } from "./inked.js";

const SIDES = ["Top", "Right", "Bottom", "Left"];
const CORNERS = ["TopLeft", "TopRight", "BottomRight", "BottomLeft"];
/** A text that a style sheet adds; not an image, a counter, or none. */
const CONTENT = /^"((?:[^"\\]|\\.)+)"/;
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

/** Return one line of letters as the page writes it. */
function written({ text, left, right, top }, style) {
  const ascent = ascentOf(`${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`);
  const change = CASES[style.textTransform] ?? ((words) => words);
  return draw("text", {
    x: left, y: top + ascent, textLength: right - left, fill: style.color, "font-family": style.fontFamily, "font-size": style.fontSize,
    "font-weight": style.fontWeight, "font-style": style.fontStyle, "text-decoration": style.textDecorationLine, "xml:space": "preserve",
  }, change(text));
}

/** Return what a style sheet writes before and after an element's own letters: it lies between them and the edges. */
function added(element, style, letters, from) {
  const px = (name) => Number.parseFloat(style[name]) || 0;
  const [first, last] = [letters[0], letters[letters.length - 1]];
  const rects = element.getClientRects();
  const begin = rects[0].left - from.left + px("borderLeftWidth") + px("paddingLeft");
  const end = rects[rects.length - 1].right - from.left - px("borderRightWidth") - px("paddingRight");
  return [["::before", begin, first.left, first.top], ["::after", last.right, end, last.top]].flatMap(([which, left, right, top]) => {
    const pseudo = getComputedStyle(element, which);
    const text = CONTENT.exec(pseudo.content)?.[1];
    return text && right > left ? [written({ text, left, right, top }, pseudo)] : [];
  });
}

/** Return the letters that stand in an element itself, and what a style sheet adds to them. */
function textsOf(element, style, from) {
  const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => lettersOf(node, from)).filter((letters) => letters.length);
  if (!texts.length) return [];
  return [...texts.flatMap(linesOf).map((line) => written(line, style)), ...added(element, style, texts.flat(), from)];
}

/** Return the ground and the border of an element; the border has one colour. */
function boxOf(style, box) {
  const radii = CORNERS.map((corner) => Number.parseFloat(style[`border${corner}Radius`]) || 0);
  const around = outline(box, radii);
  const parts = CLEAR.test(style.backgroundColor) ? [] : [draw("path", { d: around, fill: style.backgroundColor })];
  const widths = SIDES.map((side) => (style[`border${side}Style`] === "none" ? 0 : Number.parseFloat(style[`border${side}Width`])));
  const side = widths.findIndex((width) => width > 0);
  if (side >= 0) parts.push(draw("path", { d: around + outline(...inside(box, radii, widths)), fill: style[`border${SIDES[side]}Color`], "fill-rule": "evenodd" }));
  return parts;
}

/** Return the box within a border, and its corners. @param {number[]} widths from the top, clockwise */
export function inside({ left, top, width, height }, radii, [above, right, below, before]) {
  const box = { left: left + before, top: top + above, width: width - before - right, height: height - above - below };
  const beside = [Math.max(above, before), Math.max(above, right), Math.max(below, right), Math.max(below, before)];
  return [box, radii.map((radius, corner) => Math.max(0, radius - beside[corner]))];
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
  if (seen) group.append(...boxOf(style, box), ...textsOf(element, style, from));
  for (const child of element.children) {
    const part = child.namespaceURI === group.namespaceURI ? placed(child, from) : drawn(child, from, leftOut);
    if (part) group.append(part);
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
