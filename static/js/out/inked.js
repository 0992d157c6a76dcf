/** View floor. A copy of a drawing (SVG) that looks the same without the page's style sheets. */

const SVG = "http://www.w3.org/2000/svg";

/** What an element has from its parent unless it says otherwise. */
const INHERITED = [
  "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap",
  "stroke-linejoin", "stroke-miterlimit", "shape-rendering", "paint-order", "visibility", "clip-rule", "text-anchor", "dominant-baseline",
  "font-family", "font-size", "font-style", "font-weight", "letter-spacing",
];

/** What each element says for itself, with what it is when it says nothing. */
const OWN = { opacity: "1", "clip-path": "none", mask: "none", "vector-effect": "none", "text-decoration-line": "none" };
/** What is counted in pixels of the screen where a line keeps its width. */
const WIDTHS = ["stroke-width", "stroke-dasharray"];
const WRITTEN = { "text-decoration-line": "text-decoration" };

/** Attributes that mean nothing in a picture, or would be read as what style sheets and scripts say. */
const LEFT_OUT = /^(style|class|on.*|data-.*|aria-.*|role|tabindex|pointer-events|xmlns.*)$/;

/** Return an address of a part of the drawing without the page that it is in. */
const local = (value) => value.replace(/url\((["']?)[^"')#]*#/g, "url($1#");

/**
 * Return the attributes, name → value, that say what a style sheet did.
 * @param {{getPropertyValue: (name: string) => string}} style the computed one @param {typeof style|null} above the parent's
 */
export function inked(style, above) {
  const found = {};
  for (const name of INHERITED) {
    const value = style.getPropertyValue(name);
    if (value && value !== above?.getPropertyValue(name)) found[name] = local(value);
  }
  for (const [name, usual] of Object.entries(OWN)) {
    const value = style.getPropertyValue(name);
    if (value && value !== usual) found[WRITTEN[name] ?? name] = local(value);
  }
  if (found["vector-effect"]) for (const name of WIDTHS) found[name] = style.getPropertyValue(name);
  return found;
}

/**
 * Return a copy of an SVG element. It is made anew: what is copied with its `style` attribute, a page's policy may refuse.
 * @param {SVGElement} element @param {CSSStyleDeclaration|null} above the style of what the copy will be in
 */
export function copyOf(element, above = null) {
  const style = getComputedStyle(element);
  if (style.display === "none") return null;
  const copy = document.createElementNS(SVG, element.localName);
  for (const { namespaceURI, name, value } of element.attributes) {
    if (!LEFT_OUT.test(name)) copy.setAttributeNS(namespaceURI, name, value);
  }
  for (const [name, value] of Object.entries(inked(style, above))) copy.setAttribute(name, value);
  if (style.whiteSpace.startsWith("pre")) copy.setAttribute("xml:space", "preserve");
  for (const child of element.childNodes) {
    const part = child.nodeType === Node.TEXT_NODE ? child.cloneNode() : child.nodeType === Node.ELEMENT_NODE ? copyOf(child, style) : null;
    if (part) copy.append(part);
  }
  return copy;
}

/** Make a copy `scale` times as large. Lines that keep their width however they are stretched are made wider too. */
export function enlarge(svg, scale) {
  for (const side of ["width", "height"]) svg.setAttribute(side, Math.round(svg.getAttribute(side) * scale));
  for (const line of svg.querySelectorAll('[vector-effect="non-scaling-stroke"]')) {
    for (const name of WIDTHS) line.setAttribute(name, larger(line.getAttribute(name), scale));
  }
}

/** Return lengths ("1.5px", "4px, 4px") so many times as long; what is none stays. */
export const larger = (lengths, scale) => lengths.replace(/[\d.]+/g, (length) => length * scale);
