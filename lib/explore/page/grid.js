// A table of any number of rows: only those in sight are elements. The keyboard
// stays on the body, and aria-activedescendant names the row, as the pattern
// "treegrid" of the ARIA Authoring Practices has it.

const ROW_HEIGHT = 26;

// `columns`: {id, label, width, number, fill(cell, item)}. `options`: label;
// for trees level(item), expanded(item) (undefined for a leaf), toggle(item);
// sort(id); select(item); activate(item).
class Grid {
  constructor(columns, options) {
    this.columns = columns;
    this.options = options;
    this.items = [];
    this.selected = -1;
    this.rows = new Map();
    this.template = columns.map((column) => column.width).join(" ");
    this.id = "grid" + Grid.count++;
    this.build();
  }

  build() {
    const role = this.options.level ? "treegrid" : "grid";
    this.head = make("div", "head", this.columns.map((column) => this.headCell(column)), { role: "row", "aria-rowindex": 1, id: this.id + "-head" });
    this.head.style.gridTemplateColumns = this.template;
    this.spacer = make("div", "spacer", [], { role: "rowgroup" });
    this.body = make("div", "body", [this.spacer], {
      role,
      "aria-label": this.options.label,
      "aria-colcount": this.columns.length,
      "aria-owns": this.id + "-head", // which must not scroll
    });
    this.element = make("div", "grid", [this.head, this.body]);
    this.body.tabIndex = 0;
    this.body.addEventListener("scroll", () => this.draw());
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("click", (event) => this.click(event));
    this.body.addEventListener("dblclick", () => this.activate());
    this.body.addEventListener("focus", () => this.selected < 0 && this.items.length && this.select(0));
    new ResizeObserver(() => this.draw()).observe(this.body);
  }

  headCell(column) {
    const button = makeButton("", column.label, () => this.options.sort(column.id));
    return make("div", column.number ? "number" : "", [button], { role: "columnheader", "data-id": column.id });
  }

  showSort(id, isDescending) {
    for (const cell of this.head.children) {
      if (cell.dataset.id !== id) cell.removeAttribute("aria-sort");
      else cell.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    }
  }

  // Shows other items; the selected one stays so if it is among them.
  setItems(items, selectedItem) {
    this.items = items;
    this.selected = selectedItem === undefined ? -1 : items.indexOf(selectedItem);
    this.spacer.style.height = items.length * ROW_HEIGHT + "px";
    this.body.setAttribute("aria-rowcount", items.length + 1);
    this.redraw();
    if (this.selected >= 0) this.reveal(this.selected);
  }

  redraw() {
    for (const row of this.rows.values()) row.remove();
    this.rows.clear();
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.body.scrollTop / ROW_HEIGHT) - 6);
    const last = Math.min(this.items.length, Math.ceil((this.body.scrollTop + this.body.clientHeight) / ROW_HEIGHT) + 6);
    for (const [index, row] of this.rows) {
      if (index >= first && index < last) continue;
      row.remove();
      this.rows.delete(index);
    }
    for (let index = first; index < last; index++) {
      if (!this.rows.has(index)) this.addRow(index);
    }
    this.markSelected();
  }

  addRow(index) {
    const item = this.items[index];
    const row = make("div", "row", [], { role: "row", id: `${this.id}-${index}`, "aria-rowindex": index + 2 });
    row.style.gridTemplateColumns = this.template;
    row.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
    if (this.options.level) {
      row.setAttribute("aria-level", this.options.level(item));
      const expanded = this.options.expanded(item);
      if (expanded !== undefined) row.setAttribute("aria-expanded", expanded);
    }
    for (const column of this.columns) {
      const cell = make("div", column.number ? "cell number" : "cell", [], { role: "gridcell" });
      column.fill(cell, item);
      row.append(cell);
    }
    this.rows.set(index, row);
    this.spacer.append(row);
  }

  markSelected() {
    for (const [index, row] of this.rows) row.setAttribute("aria-selected", index === this.selected);
    const row = this.rows.get(this.selected);
    if (row) this.body.setAttribute("aria-activedescendant", row.id);
    else this.body.removeAttribute("aria-activedescendant");
  }

  reveal(index) {
    const top = index * ROW_HEIGHT;
    const height = this.body.clientHeight;
    if (top < this.body.scrollTop) this.body.scrollTop = top;
    else if (top + ROW_HEIGHT > this.body.scrollTop + height) this.body.scrollTop = top + ROW_HEIGHT - height;
    this.draw();
  }

  select(index) {
    if (!this.items.length) return;
    this.selected = Math.max(0, Math.min(this.items.length - 1, index));
    this.reveal(this.selected);
    if (this.options.select) this.options.select(this.items[this.selected]);
  }

  activate() {
    if (this.selected >= 0 && this.options.activate) this.options.activate(this.items[this.selected]);
  }

  click(event) {
    const row = event.target.closest(".row");
    if (!row) return;
    this.select(Number(row.getAttribute("aria-rowindex")) - 2);
    if (event.target.closest(".twist")) this.options.toggle(this.items[this.selected]);
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.body.clientHeight / ROW_HEIGHT) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in steps) this.select(Math.max(-1e9, Math.min(1e9, this.selected + steps[event.key])));
    else if (event.key === "Enter" || event.key === " ") this.activate();
    else if (!this.treeKey(event.key)) return;
    event.preventDefault();
  }

  // Right opens a directory or goes into it, left closes it or goes out of it.
  treeKey(key) {
    const { level, expanded, toggle } = this.options;
    if (!level || this.selected < 0 || (key !== "ArrowRight" && key !== "ArrowLeft")) return false;
    const item = this.items[this.selected];
    const state = expanded(item);
    if (key === "ArrowRight") {
      if (state === false) toggle(item);
      else if (state === true) this.select(this.selected + 1);
      return true;
    }
    if (state === true) toggle(item);
    else this.select(this.parentRow(level(item)));
    return true;
  }

  parentRow(level) {
    let index = this.selected;
    while (index > 0 && this.options.level(this.items[index]) >= level) index--;
    return index;
  }
}
Grid.count = 0;

// A grid over objects that sorts and searches by itself. Columns also have
// value(item), by which they are sorted; the first one is what is searched.
class SortedTable {
  constructor(columns, items, options) {
    this.columns = columns;
    this.all = items;
    this.sortId = options.sort;
    this.isDescending = true;
    this.grid = new Grid(columns, { ...options, sort: (id) => this.sort(id) });
    this.input = make("input", "", [], { type: "search", placeholder: options.search, "aria-label": options.search });
    this.input.addEventListener("input", () => this.update());
    this.found = make("span", "found");
    this.tools = make("div", "tools", [this.input, this.found]);
    this.update();
  }

  sort(id) {
    const column = this.columns.find((one) => one.id === id);
    this.isDescending = id === this.sortId ? !this.isDescending : Boolean(column.number);
    this.sortId = id;
    this.update();
  }

  update() {
    const text = this.input.value.toLowerCase();
    const searched = this.columns.filter((column) => !column.number);
    const column = this.columns.find((one) => one.id === this.sortId);
    const items = this.all.filter((item) => !text || searched.some((one) => String(one.value(item)).toLowerCase().includes(text)));
    const keys = new Map(items.map((item) => [item, column.value(item)]));
    const sign = this.isDescending ? -1 : 1;
    items.sort((a, b) => sign * compare(keys.get(a), keys.get(b)));
    this.grid.setItems(items);
    this.grid.showSort(this.sortId, this.isDescending);
    this.found.textContent = items.length === this.all.length ? "" : `${items.length.toLocaleString("en")} of ${this.all.length.toLocaleString("en")}`;
  }
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

// A size with a bar beside it, for its share of `whole`.
function fillSize(cell, size, whole) {
  cell.classList.add("share");
  const bar = document.createElement("i");
  bar.style.width = `calc(${whole > 0 ? size / whole : 0} * (100% - 104px))`;
  cell.append(bar, make("span", "", sizeText(size)));
}

function fillLayer(cell, layer) {
  const swatch = make("span", "swatch");
  swatch.style.background = layerColor(layer);
  cell.append(swatch, String(layer));
}
