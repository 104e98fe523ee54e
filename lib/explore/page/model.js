// The report as typed arrays, and views of it: the image, or what one layer did.
//
// A node is a path; nodes are in tree order, so that a parent has a lower number
// than its children. An entry is what one layer did to a node.

class Model {
  constructor(report) {
    this.report = report;
    this.names = report.nodes.name;
    this.parents = Int32Array.from(report.nodes.parent);
    const entries = report.entries;
    this.entryNodes = Int32Array.from(entries.node);
    this.entryLayers = Int32Array.from(entries.layer);
    this.modes = Int32Array.from(entries.mode);
    this.owners = Int32Array.from(entries.owner);
    this.stored = Float64Array.from(entries.stored);
    this.before = Float64Array.from(entries.before);
    this.links = new Map(entries.links);
    this.shown = Float64Array.from(entries.stored);
    for (const [entry, size] of entries.shownSizes) this.shown[entry] = size;
    this.linkChildren();
    this.paths = null;
  }

  get nodeCount() {
    return this.names.length;
  }

  linkChildren() {
    const count = this.nodeCount;
    this.firstChild = new Int32Array(count).fill(-1);
    this.nextSibling = new Int32Array(count).fill(-1);
    this.depths = new Int32Array(count);
    for (let node = count - 1; node > 0; node--) {
      const parent = this.parents[node];
      this.nextSibling[node] = this.firstChild[parent];
      this.firstChild[parent] = node;
    }
    for (let node = 1; node < count; node++) this.depths[node] = this.depths[this.parents[node]] + 1;
  }

  path(node) {
    if (node <= 0) return "/";
    return this.parents[node] <= 0 ? this.names[node] : this.path(this.parents[node]) + "/" + this.names[node];
  }

  // All paths in lower case, for a search.
  searchable() {
    if (this.paths) return this.paths;
    const paths = new Array(this.nodeCount);
    paths[0] = "";
    for (let node = 1; node < this.nodeCount; node++) {
      const parent = this.parents[node];
      const name = this.names[node].toLowerCase();
      paths[node] = parent === 0 ? name : paths[parent] + "/" + name;
    }
    this.paths = paths;
    return paths;
  }

  type(entry) {
    return this.report.entries.type[entry];
  }

  mark(entry) {
    return this.report.entries.mark[entry];
  }

  owner(entry) {
    return this.report.entries.owners[this.owners[entry]];
  }
}

// What is seen of a model: all that the image shows (layer -1), or what a layer
// did; of that, what matches a search and has one of some marks.
class View {
  constructor(model, layer) {
    this.model = model;
    this.layer = layer;
    this.entryOf = new Int32Array(model.nodeCount).fill(-1);
    const isShown = model.report.entries.isShown;
    for (let entry = 0; entry < model.entryNodes.length; entry++) {
      if (layer < 0 ? isShown[entry] === "1" : model.entryLayers[entry] === layer) {
        this.entryOf[model.entryNodes[entry]] = entry;
      }
    }
    this.childOrder = new Map();
    this.filter("", "");
  }

  // The bytes of a node itself; of a removed one, those that it had.
  ownSize(node) {
    const entry = this.entryOf[node];
    if (entry < 0) return 0;
    if (this.layer < 0) return this.model.shown[entry];
    return this.model.mark(entry) === "R" ? this.model.before[entry] : this.model.stored[entry];
  }

  filter(text, marks) {
    const model = this.model;
    const count = model.nodeCount;
    this.search = text;
    this.isFiltered = text !== "" || marks !== "";
    const paths = text ? model.searchable() : null;
    this.matches = new Uint8Array(count); // 1: itself, 2: something below
    this.totals = new Float64Array(count);
    this.files = new Int32Array(count);
    this.matchCount = 0;
    for (let node = count - 1; node > 0; node--) {
      const entry = this.entryOf[node];
      if (entry >= 0 && (!text || paths[node].includes(text)) && (!marks || marks.includes(model.mark(entry)))) {
        this.addMatch(node, entry);
      }
      this.addToParent(node);
    }
    this.childOrder.clear();
  }

  addMatch(node, entry) {
    this.matches[node] |= 1;
    this.matchCount++;
    this.totals[node] += this.ownSize(node);
    if (this.model.type(entry) === "-") this.files[node]++;
  }

  addToParent(node) {
    if (!this.matches[node]) return;
    const parent = this.model.parents[node];
    this.matches[parent] |= 2;
    this.totals[parent] += this.totals[node];
    this.files[parent] += this.files[node];
  }

  // Children that match, largest first.
  children(node) {
    let list = this.childOrder.get(node);
    if (!list) {
      list = this.childrenInOrder(node);
      list = sortByKeys(list, this.totals, true);
      this.childOrder.set(node, list);
    }
    return list;
  }

  // Children that match, by name.
  childrenInOrder(node) {
    const list = [];
    for (let child = this.model.firstChild[node]; child >= 0; child = this.model.nextSibling[child]) {
      if (this.matches[child]) list.push(child);
    }
    return list;
  }

  hasChildren(node) {
    return (this.matches[node] & 2) !== 0;
  }

  isDirectory(node) {
    const entry = this.entryOf[node];
    return entry < 0 || this.model.type(entry) === "d";
  }

  describe(node) {
    const entry = this.entryOf[node];
    const kind = this.isDirectory(node) ? countText(this.files[node], "file") : TYPES[this.model.type(entry)];
    let text = `${this.model.path(node)}, ${kind}, ${sizeText(this.totals[node])}, `;
    text += percentText(this.totals[node], this.totals[0]) + (this.layer < 0 ? " of the image" : " of the layer");
    if (entry >= 0 && !this.isDirectory(node)) text += `, layer ${this.model.entryLayers[entry]}`;
    return text;
  }
}

// Nodes in the order of keys, which are whole numbers; equal ones in tree order. A typed
// array of key and node in one number is sorted in a fraction of the time that a
// function to compare takes, if there are many.
function sortByKeys(nodes, keys, isDescending) {
  const sign = isDescending ? -1 : 1;
  const byFunction = () => nodes.sort((a, b) => sign * (keys[a] - keys[b]) || a - b);
  if (nodes.length < 500) return byFunction();
  let largest = 0;
  let last = 0;
  for (const node of nodes) {
    largest = Math.max(largest, keys[node]);
    last = Math.max(last, node);
  }
  const factor = last + 1;
  if ((largest + 2) * factor > Number.MAX_SAFE_INTEGER) return byFunction();
  const rank = (key) => (isDescending ? largest - key : key + 1); // a key may be -1
  const packed = Float64Array.from(nodes, (node) => rank(keys[node]) * factor + node).sort();
  return Array.from(packed, (value) => value % factor);
}

const TYPES = { "-": "file", d: "directory", l: "symlink", h: "hard link", c: "character device", b: "block device", p: "FIFO" };
const MARKS = { A: "added", C: "changed", R: "removed" };
