/** View floor. Small helpers to make and change elements; text is always text, never markup. */

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** Return a new HTML element with attributes and children (elements or texts). */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Return a new SVG element with attributes and children. */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Set an element's text, touching the page only when it differs. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Set or (null) remove an attribute, touching the page only when it differs. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/** Set several attributes of an SVG element, touching the page only where they differ. */
export function place(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
}

/** Hide or show an element, touching the page only when that is new. */
export function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

/** Stand on one option of a combobox's list, in sight; -1: on none. */
export function standOn(input, list, place) {
  [...list.children].forEach((option, each) => option.setAttribute("aria-selected", String(each === place)));
  const option = list.children[place];
  option?.scrollIntoView({ block: "nearest" });
  setAttribute(input, "aria-activedescendant", option?.id);
}
