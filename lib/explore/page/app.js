// Reads the report and shows its views in tabs.

class App {
  constructor(report) {
    this.report = report;
    this.model = new Model(report);
    this.panels = new Map();
    this.tabs = this.tabList();
    document.getElementById("name").textContent = report.name;
    document.getElementById("about").textContent = [report.platform, countText(report.layers.length, "layer"), report.created && "created " + report.created].filter(Boolean).join(" · ");
    this.buttons = this.tabs.map((tab) => this.tabButton(tab));
    const bar = document.getElementById("tabs");
    bar.append(...this.buttons);
    bar.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("keydown", (event) => this.shortcut(event));
    dark.addEventListener("change", () => this.redraw());
    this.show(this.tabs.some((tab) => "#" + tab.id === location.hash) ? location.hash.slice(1) : "overview");
  }

  tabList() {
    const { report } = this;
    const tabs = [
      { id: "overview", name: "Overview", panel: () => overviewPanel(report, (layer) => this.openLayer(layer)) },
      { id: "files", name: "Files", count: report.totals.files, panel: () => this.files().element },
      { id: "waste", name: "Waste", count: report.waste.hidden.length, panel: () => wastePanel(report) },
      { id: "config", name: "Config", panel: () => configPanel(report) },
    ];
    if (report.packages.list.length) tabs.splice(3, 0, { id: "packages", name: "Packages", count: report.packages.list.length, panel: () => packagesPanel(report) });
    if (report.difference) tabs.push({ id: "changes", name: "Changes", count: report.difference.files.length, panel: () => differencePanel(report) });
    return tabs;
  }

  tabButton(tab) {
    const content = tab.count === undefined ? [tab.name] : [tab.name, make("span", "count", tab.count.toLocaleString("en"))];
    return makeButton("", content, () => this.show(tab.id), { role: "tab", id: "tab-" + tab.id, "data-id": tab.id, "aria-controls": "panel-" + tab.id });
  }

  files() {
    this.filesView ??= new FilesView(this.model);
    return this.filesView;
  }

  panel(id) {
    if (!this.panels.has(id)) {
      const panel = this.tabs.find((tab) => tab.id === id).panel();
      panel.id = "panel-" + id;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", "tab-" + id);
      document.getElementById("main").append(panel);
      this.panels.set(id, panel);
    }
    return this.panels.get(id);
  }

  show(id) {
    this.current = id;
    const shown = this.panel(id);
    for (const panel of this.panels.values()) panel.hidden = panel !== shown;
    for (const button of this.buttons) {
      const isShown = button.dataset.id === id;
      button.setAttribute("aria-selected", isShown);
      button.tabIndex = isShown ? 0 : -1;
    }
  }

  openLayer(layer) {
    this.show("files");
    this.files().showLayer(layer);
    this.files().layers.focus();
  }

  key(event) {
    const at = this.buttons.indexOf(document.activeElement);
    const last = this.buttons.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    this.buttons[to].focus();
    this.show(this.buttons[to].dataset.id);
  }

  // "/" goes to the search of the view.
  shortcut(event) {
    if (event.key !== "/" || event.target.matches("input, select") || event.ctrlKey || event.metaKey) return;
    const search = this.panel(this.current).querySelector("input[type=search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  }

  // The colours of layers are not those of the style sheet.
  redraw() {
    for (const [id, panel] of this.panels) {
      if (id === "files") continue;
      panel.remove();
      this.panels.delete(id);
    }
    if (this.filesView) this.filesView.grid.redraw();
    this.show(this.current);
  }
}

// What the first search needs is made while nobody waits.
window.requestIdleCallback?.(() => window.app.model.searchable());
window.app = new App(JSON.parse(document.getElementById("report").textContent));
