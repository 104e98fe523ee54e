// The view of files: a treemap and a table of the same.

class FilesView {
  constructor(model) {
    this.model = model;
    this.layer = -1;
    this.marks = "";
    this.root = 0;
    this.isTree = true;
    this.sortId = "size";
    this.isDescending = true;
    this.opened = new Set();
    this.views = new Map();
    this.map = new Treemap({ select: (node) => this.selectNode(node), open: (node) => this.openRoot(node), hover: (node) => this.tell(node) });
    this.grid = new Grid(this.columns(), {
      label: "Tree of files",
      level: (node) => (this.isTree ? model.depths[node] - model.depths[this.root] : 1),
      expanded: (node) => this.expanded(node),
      toggle: (node) => this.toggle(node),
      select: (node) => this.selected(node),
      activate: (node) => (this.view.hasChildren(node) ? this.openRoot(node) : undefined),
      sort: (id) => this.sort(id),
    });
    this.build();
    this.showLayer(-1);
  }

  build() {
    this.search = make("input", "", [], { type: "search", placeholder: "Search paths", "aria-label": "Search paths" });
    this.search.addEventListener("input", () => this.filter());
    this.layers = make("select", "", this.layerOptions(), { "aria-label": "Layer" });
    this.layers.addEventListener("change", () => this.showLayer(Number(this.layers.value)));
    this.form = this.choice("Form", { tree: "Tree", list: "List" }, "tree", (id) => this.setForm(id));
    this.markChoice = this.choice("Marks", { "": "All", A: "Added", C: "Changed", R: "Removed" }, "", (id) => this.setMarks(id));
    this.found = make("span", "found");
    this.crumbs = make("div", "path");
    const tools = make("div", "tools", [this.search, this.layers, this.markChoice, this.form, this.found]);
    this.element = make("div", "panel full", [tools, this.crumbs, this.map.element, this.grid.element]);
  }

  layerOptions() {
    const options = [make("option", "", "The image, all layers", { value: -1 })];
    this.model.report.layers.forEach((layer, index) => {
      const instruction = this.model.report.instructions[layer.instruction];
      const text = instruction ? instruction.text.split("\n")[0].slice(0, 70) : "";
      options.push(make("option", "", `Layer ${index}: ${text}`, { value: index }));
    });
    return options;
  }

  choice(label, names, pressed, action) {
    const buttons = Object.entries(names).map(([id, name]) =>
      makeButton("", name, () => {
        for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.id === id);
        action(id);
      }, { "data-id": id, "aria-pressed": id === pressed }));
    return make("div", "choice", buttons, { role: "group", "aria-label": label });
  }

  columns() {
    return [
      { id: "name", label: "Name", width: "minmax(220px, 1fr)", fill: (cell, node) => this.fillName(cell, node) },
      { id: "size", label: "Size", width: "200px", number: true, fill: (cell, node) => fillSize(cell, this.view.totals[node], this.view.totals[0]) },
      { id: "files", label: "Files", width: "84px", number: true, fill: (cell, node) => this.fillCount(cell, node) },
      { id: "layer", label: "Layer", width: "84px", number: true, fill: (cell, node) => this.fillEntry(cell, node, (entry) => fillLayer(cell, this.model.entryLayers[entry])) },
      { id: "mark", label: "Mark", width: "90px", fill: (cell, node) => this.fillEntry(cell, node, (entry) => this.fillMark(cell, entry)) },
      { id: "mode", label: "Mode", width: "104px", fill: (cell, node) => this.fillEntry(cell, node, (entry) => (cell.textContent = modeText(this.model.type(entry), this.model.modes[entry]))) },
      { id: "owner", label: "Owner", width: "104px", fill: (cell, node) => this.fillEntry(cell, node, (entry) => (cell.textContent = this.model.owner(entry))) },
    ];
  }

  fillName(cell, node) {
    const entry = this.view.entryOf[node];
    if (this.isTree) {
      cell.style.paddingLeft = 12 + 16 * (this.model.depths[node] - this.model.depths[this.root] - 1) + "px";
      const state = this.expanded(node);
      cell.append(make("span", "twist", state === undefined ? "" : state ? "▾" : "▸", { "aria-hidden": true }));
    }
    const className = this.view.isDirectory(node) ? "directory" : "";
    cell.append(make("bdi", className, this.isTree ? this.model.names[node] : this.model.path(node)));
    if (this.isTree && className) cell.append("/");
    const target = entry >= 0 && this.model.links.get(entry);
    if (target) cell.append(make("bdi", "link", (this.model.type(entry) === "h" ? " ⇒ " : " → ") + target));
    cell.title = this.model.path(node);
  }

  fillCount(cell, node) {
    if (this.view.hasChildren(node)) cell.textContent = this.view.files[node].toLocaleString("en");
  }

  fillEntry(cell, node, fill) {
    const entry = this.view.entryOf[node];
    if (entry >= 0) fill(entry);
    cell.classList.add("quiet");
  }

  fillMark(cell, entry) {
    const mark = this.model.mark(entry);
    cell.append(make("span", mark, MARKS[mark]));
  }

  showLayer(layer) {
    this.layer = layer;
    this.layers.value = layer;
    if (!this.views.has(layer)) this.views.set(layer, new View(this.model, layer));
    this.view = this.views.get(layer);
    this.root = 0;
    this.openSingle();
    this.filter();
  }

  // Opens directories that are the only one in theirs, from the root on.
  openSingle() {
    for (let children = this.view.children(0); children.length === 1; children = this.view.children(children[0])) {
      this.opened.add(children[0]);
    }
  }

  setForm(id) {
    this.isTree = id === "tree";
    this.showRows();
  }

  setMarks(id) {
    this.marks = id;
    this.filter();
  }

  filter() {
    this.view.filter(this.search.value.toLowerCase(), this.marks);
    if (!this.view.matches[this.root]) this.root = 0;
    this.show();
  }

  openRoot(node) {
    this.root = node;
    this.show();
    say(this.view.describe(node));
  }

  show() {
    this.map.show(this.view, this.root);
    this.showRows();
    this.showCrumbs();
    const size = sizeText(this.view.totals[0]);
    this.found.textContent = `${countText(this.view.matchCount, "path")}, ${size}`;
  }

  showCrumbs() {
    const crumbs = [];
    for (let node = this.root; node >= 0; node = this.model.parents[node]) {
      const name = node === 0 ? "/" : this.model.names[node];
      crumbs.unshift(node === this.root ? make("span", "here", name) : makeButton("", name, () => this.openRoot(node)));
    }
    this.told = make("span", "told");
    this.crumbs.replaceChildren(...crumbs, this.told);
  }

  tell(node) {
    this.told.textContent = node < 0 ? "" : this.view.describe(node);
  }

  expanded(node) {
    if (!this.isTree || !this.view.hasChildren(node)) return undefined;
    return this.view.search !== "" ? !this.opened.has(node) : this.opened.has(node);
  }

  toggle(node) {
    if (!this.opened.delete(node)) this.opened.add(node);
    this.showRows(node);
  }

  sort(id) {
    this.isDescending = id === this.sortId ? !this.isDescending : id === "size" || id === "files";
    this.sortId = id;
    this.showRows(this.grid.items[this.grid.selected]);
  }

  showRows(selected = this.map.selected) {
    this.keys = this.sortKeys();
    this.grid.setItems(this.isTree ? this.treeRows() : this.listRows(), selected);
    this.grid.showSort(this.sortId, this.isDescending);
  }

  treeRows() {
    const rows = [];
    const visit = (node) => {
      for (const child of this.sortedChildren(node)) {
        rows.push(child);
        if (this.expanded(child)) visit(child);
      }
    };
    visit(this.root);
    return rows;
  }

  sortedChildren(node) {
    if (this.sortId !== "size") return this.sorted(this.view.childrenInOrder(node));
    const children = this.view.children(node); // largest first
    return this.isDescending ? children : children.slice().reverse();
  }

  listRows() {
    const rows = [];
    const end = this.end(this.root);
    for (let node = this.root + 1; node < end; node++) {
      if (this.view.matches[node] & 1 && !this.view.isDirectory(node)) rows.push(node);
    }
    return this.sorted(rows);
  }

  // The first node that is not below `node`.
  end(node) {
    for (; node > 0; node = this.model.parents[node]) {
      if (this.model.nextSibling[node] >= 0) return this.model.nextSibling[node];
    }
    return this.model.nodeCount;
  }

  sorted(nodes) {
    if (this.keys) return sortByKeys(nodes, this.keys, this.isDescending);
    return this.isDescending ? nodes.reverse() : nodes;
  }

  // A number for each node; none if nodes are in that order.
  sortKeys() {
    const { view, model } = this;
    if (this.sortId === "name") return null;
    if (this.sortId === "size") return view.totals;
    if (this.sortId === "files") return view.files;
    const columns = {
      layer: (entry) => model.entryLayers[entry],
      mark: (entry) => model.mark(entry).charCodeAt(0),
      mode: (entry) => model.modes[entry],
      owner: (entry) => model.owners[entry],
    };
    const value = columns[this.sortId];
    return Float64Array.from(view.entryOf, (entry) => (entry < 0 ? -1 : value(entry)));
  }

  selected(node) {
    this.map.select(node);
    this.tell(node);
  }

  // Shows a node that was chosen in the map in the table.
  selectNode(node) {
    const isOpen = this.view.search === "";
    for (let parent = this.model.parents[node]; parent > this.root; parent = this.model.parents[parent]) {
      if (isOpen) this.opened.add(parent);
      else this.opened.delete(parent);
    }
    this.map.select(node);
    this.showRows(node);
    this.tell(node);
  }
}
