"use strict";

// How numbers and elements are made. Text of an image is only ever set as the
// text of an element, never as HTML.

const UNITS = "kMGTPE";

function sizeText(bytes) {
  if (bytes < 1000) return bytes + " B";
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit + 1 < UNITS.length) {
    value /= 1000;
    unit++;
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return value.toFixed(digits) + " " + UNITS[unit] + "B";
}

function countText(count, noun, plural = noun + "s") {
  return count.toLocaleString("en") + " " + (count === 1 ? noun : plural);
}

function percentText(part, whole) {
  if (!whole || !part) return "0 %";
  const percent = (part / whole) * 100;
  return percent < 0.1 ? "< 0.1 %" : percent.toFixed(percent < 10 ? 1 : 0) + " %";
}

function modeText(type, mode) {
  const letters = "rwxrwxrwx";
  let text = type === "h" ? "-" : type;
  for (let i = 0; i < 9; i++) text += mode & (256 >> i) ? letters[i] : "-";
  const special = [[2048, 3, "s", "S"], [1024, 6, "s", "S"], [512, 9, "t", "T"]];
  for (const [bit, at, low, high] of special) {
    if (mode & bit) text = text.slice(0, at) + (text[at] === "x" ? low : high) + text.slice(at + 1);
  }
  return text;
}

// An element with a class, a text or children, and attributes.
function make(tag, className, content = [], attributes = {}) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (typeof content === "string") element.textContent = content;
  else element.append(...content);
  return element;
}

function makeButton(className, content, action, attributes = {}) {
  const button = make("button", className, content, { type: "button", ...attributes });
  button.addEventListener("click", action);
  return button;
}

function say(text) {
  document.getElementById("status").textContent = text;
}

// The colour of a layer: hues far from each other for neighbours.
const HUES = [221, 162, 34, 282, 350, 190, 88, 254, 14, 318, 140, 56];
const dark = matchMedia("(prefers-color-scheme: dark)");

function layerColor(layer) {
  if (layer < 0) return dark.matches ? "#38414d" : "#cfd6de";
  const round = Math.floor(layer / HUES.length) % 3;
  const hue = HUES[layer % HUES.length];
  return dark.matches
    ? `hsl(${hue} ${38 + 8 * round}% ${39 + 6 * round}%)`
    : `hsl(${hue} ${62 - 8 * round}% ${76 - 6 * round}%)`;
}
