// A treemap on a canvas. The table beside it has the same in a form that a screen
// reader can read; the map itself tells where the keyboard is.

// Squarified treemaps (Bruls, Huizing, van Wijk): rows of rectangles that are as
// square as can be. Calls place(index, x, y, width, height) for sizes that are
// sorted, largest first, and add up to `total`.
function squarify(sizes, total, x, y, width, height, place) {
  let start = 0;
  let rest = total;
  while (start < sizes.length && rest > 0 && width > 0 && height > 0) {
    const side = Math.min(width, height);
    const scale = (width * height) / rest;
    const { end, sum } = takeRow(sizes, start, side, scale);
    const depth = (sum * scale) / side;
    let at = 0;
    for (let i = start; i < end; i++) {
      const length = (sizes[i] * scale) / depth;
      if (width >= height) place(i, x, y + at, depth, length);
      else place(i, x + at, y, length, depth);
      at += length;
    }
    if (width >= height) {
      x += depth;
      width -= depth;
    } else {
      y += depth;
      height -= depth;
    }
    rest -= sum;
    start = end;
  }
}

function takeRow(sizes, start, side, scale) {
  let sum = 0;
  let worst = Infinity;
  let end = start;
  while (end < sizes.length) {
    const next = sum + sizes[end];
    const area = next * scale;
    const ratio = Math.max(
      (side * side * sizes[start] * scale) / (area * area),
      (area * area) / (side * side * sizes[end] * scale),
    );
    if (ratio > worst) break;
    worst = ratio;
    sum = next;
    end++;
  }
  return { end, sum };
}

const LABEL_HEIGHT = 17;
// Widths of a letter.
const LETTER = 6.1;
const BOLD = 6.9;

class Treemap {
  constructor(options) {
    this.options = options; // select(node), open(node)
    this.canvas = make("canvas", "", [], { role: "img", tabindex: 0 });
    this.element = make("div", "map", [this.canvas]);
    this.selected = -1;
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => this.options.hover(-1));
    this.canvas.addEventListener("click", (event) => this.click(event));
    this.canvas.addEventListener("dblclick", (event) => this.open(this.nodeAt(event)));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.element);
    dark.addEventListener("change", () => this.draw());
  }

  show(view, root) {
    this.view = view;
    this.root = root;
    this.draw();
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!this.view || !width || !height) return;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.context = this.canvas.getContext("2d");
    this.context.scale(ratio, ratio);
    const style = getComputedStyle(document.documentElement);
    this.colors = { ink: style.getPropertyValue("--ink"), back: style.getPropertyValue("--surface"), raised: style.getPropertyValue("--raised"), accent: style.getPropertyValue("--accent"), muted: style.getPropertyValue("--muted") };
    this.context.fillStyle = this.colors.back;
    this.context.fillRect(0, 0, width, height);
    this.boxes = [];
    this.drawChildren(this.root, 0, 0, width, height);
    this.drawSelected();
    this.label();
  }

  label() {
    const largest = this.view.children(this.root)[0];
    const told = largest === undefined ? "nothing" : "largest: " + this.view.describe(largest);
    this.canvas.setAttribute("aria-label", `Treemap of ${this.view.model.path(this.root)}; ${told}. Arrow keys move, Enter opens, Backspace goes up. The table below has the same.`);
  }

  drawChildren(node, x, y, width, height) {
    const children = this.view.children(node);
    const sizes = [];
    for (const child of children) {
      if (this.view.totals[child] <= 0) break;
      sizes.push(this.view.totals[child]);
    }
    squarify(sizes, this.view.totals[node] - this.view.ownSize(node), x, y, width, height, (i, left, top, w, h) => {
      if (w >= 1.5 && h >= 1.5) this.drawBox(children[i], left, top, w - 1, h - 1);
    });
  }

  drawBox(node, x, y, width, height) {
    this.boxes.push({ node, x, y, width, height });
    if (!this.view.hasChildren(node)) return this.drawFile(node, x, y, width, height);
    const isLabelled = this.isReadable(node, width - 8, BOLD) && height > LABEL_HEIGHT + 12;
    this.drawGround(node, isLabelled, x, y, width, height);
    if (isLabelled) {
      this.text(node, x + 5, y + 12, width - 8, "600 11px");
      this.drawChildren(node, x + 2, y + LABEL_HEIGHT, width - 3, height - LABEL_HEIGHT - 1);
    } else if (width > 6 && height > 6) {
      this.drawChildren(node, x + 1, y + 1, width - 1, height - 1);
    }
  }

  // Files that are too small to be drawn are the ground, in the colour of the largest.
  drawGround(node, isLabelled, x, y, width, height) {
    this.context.fillStyle = this.colors.raised;
    this.context.fillRect(x, y, width, height);
    if (isLabelled) return;
    let largest = node;
    while (this.view.hasChildren(largest) && this.view.totals[largest] > 0) largest = this.view.children(largest)[0];
    this.context.globalAlpha = 0.55;
    this.context.fillStyle = this.color(largest);
    this.context.fillRect(x, y, width, height);
    this.context.globalAlpha = 1;
  }

  color(node) {
    const entry = this.view.entryOf[node];
    return layerColor(entry < 0 ? -1 : this.view.model.entryLayers[entry]);
  }

  drawFile(node, x, y, width, height) {
    this.context.fillStyle = this.color(node);
    this.context.fillRect(x, y, width, height);
    if (this.isReadable(node, width - 8, LETTER) && height > 15) this.text(node, x + 5, y + 12, width - 8, "11px");
    if (width > 56 && height > 32) {
      this.context.globalAlpha = 0.66;
      this.context.fillText(sizeText(this.view.totals[node]), x + 5, y + 26, width - 8);
      this.context.globalAlpha = 1;
    }
  }

  // Whether enough of a name fits to tell it from others.
  isReadable(node, width, letter) {
    return width >= letter * Math.min(8, this.view.model.names[node].length);
  }

  text(node, x, y, width, font) {
    this.context.font = font + " system-ui, sans-serif";
    this.context.fillStyle = this.colors.ink;
    const name = this.view.model.names[node];
    const fits = Math.floor(width / (font.startsWith("600") ? BOLD : LETTER));
    this.context.fillText(name.length <= fits ? name : name.slice(0, Math.max(1, fits - 1)) + "…", x, y);
  }

  drawSelected() {
    const box = this.boxes.find((one) => one.node === this.selected);
    if (!box) return;
    this.context.lineWidth = 2.5;
    this.context.strokeStyle = this.colors.accent;
    this.context.strokeRect(box.x + 1, box.y + 1, Math.max(1, box.width - 2), Math.max(1, box.height - 2));
  }

  select(node) {
    if (node === this.selected) return;
    this.selected = node;
    this.draw();
  }

  nodeAt(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const x = event.clientX - left;
    const y = event.clientY - top;
    for (let i = this.boxes.length - 1; i >= 0; i--) {
      const box = this.boxes[i];
      if (x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height) return box.node;
    }
    return -1;
  }

  hover(event) {
    this.options.hover(this.nodeAt(event));
  }

  click(event) {
    const node = this.nodeAt(event);
    if (node >= 0) this.options.select(node);
  }

  // Opens the child of the root that has the node; the directory itself if it is one.
  open(node) {
    if (node < 0) return;
    let directory = this.view.hasChildren(node) ? node : this.view.model.parents[node];
    if (directory === this.root && this.view.hasChildren(node)) directory = node;
    this.options.open(directory);
  }

  key(event) {
    const node = this.selected >= 0 ? this.selected : this.root;
    const parent = this.view.model.parents[node];
    let to = -1;
    if (event.key === "Enter") return this.open(this.selected);
    if (event.key === "Backspace") return this.root > 0 && this.options.open(this.view.model.parents[this.root]);
    if (event.key === "ArrowDown") to = this.view.children(node)[0] ?? -1;
    else if (event.key === "ArrowUp") to = node === this.root || parent === this.root ? -1 : parent;
    else if (event.key === "ArrowRight" || event.key === "ArrowLeft") to = this.sibling(node, event.key === "ArrowRight" ? 1 : -1);
    else return;
    event.preventDefault();
    if (to >= 0) {
      this.options.select(to);
      say(this.view.describe(to));
    }
  }

  sibling(node, step) {
    if (node === this.root) return this.view.children(node)[0] ?? -1;
    const siblings = this.view.children(this.view.model.parents[node]);
    return siblings[siblings.indexOf(node) + step] ?? -1;
  }
}
