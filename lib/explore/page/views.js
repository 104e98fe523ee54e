// The other views: overview, waste, packages, config, differences.

function figure(name, value, note) {
  return make("div", "figure", [make("dt", "", name), make("dd", "", value), make("dd", "under", note)]);
}

function overviewPanel(report, openLayer) {
  const { totals, waste } = report;
  const figures = make("dl", "figures", [
    figure("In the image", sizeText(totals.shown), countText(totals.files, "file")),
    figure("Stored in layers", sizeText(totals.stored), countText(report.layers.length, "layer")),
    figure("Compressed", sizeText(totals.compressed), percentText(totals.compressed, totals.stored) + " of what is stored"),
    figure("Hidden", sizeText(totals.hidden), countText(waste.hidden.length, "file") + " replaced or removed"),
    figure("Duplicates", sizeText(totals.duplicate), countText(waste.duplicates.length, "group") + " of equal files"),
    figure("Efficiency", (100 * waste.dive.efficiency).toFixed(1) + " %", "as dive counts; " + sizeText(waste.dive.wasted) + " wasted"),
  ]);
  const strip = make("div", "card", [make("h2", "", "Layers by size"), layerStrip(report, openLayer)]);
  const code = make("div", "card", [make("h2", "", "Instructions"), ...instructionLists(report, openLayer)]);
  return make("div", "panel", report.layers.length ? [figures, strip, code] : [figures, code]);
}

function layerStrip(report, openLayer) {
  const bars = report.layers.map((layer, index) => {
    const label = `Layer ${index}, ${sizeText(layer.stored)}`;
    const bar = makeButton("", "", () => openLayer(index), { "aria-label": label, title: label });
    bar.style.flex = `${Math.max(1, layer.stored)} 1 0`;
    bar.style.background = layerColor(index);
    return bar;
  });
  return make("div", "strip", bars);
}

// One list for each stage, and one for what came before all stages.
function instructionLists(report, openLayer) {
  const largest = Math.max(1, ...report.layers.map((layer) => layer.stored));
  const parts = [];
  let list = null;
  let place = null;
  for (const instruction of report.instructions) {
    const here = instruction.dockerfile + "\n" + instruction.stage;
    if (here !== place) {
      place = here;
      list = make("ol", "code");
      parts.push(stageHeading(instruction), list);
    }
    list.append(instructionRow(report, instruction, largest, openLayer));
  }
  return parts;
}

function stageHeading(instruction) {
  if (!instruction.dockerfile) return make("div", "stage", [make("b", "", "Base image"), "from its history"]);
  return make("div", "stage", [make("b", "", "Stage " + instruction.stage), instruction.dockerfile]);
}

function instructionRow(report, instruction, largest, openLayer) {
  const cells = [make("span", "line", instruction.line ? String(instruction.line) : ""), make("code", instruction.text.trim().includes("\n") ? "text script" : "text", instructionText(instruction))];
  if (instruction.layer < 0) return make("li", "plain", cells);
  const layer = report.layers[instruction.layer];
  const bar = document.createElement("i");
  bar.style.width = (100 * layer.stored) / largest + "%";
  bar.style.background = layerColor(instruction.layer);
  cells.push(make("span", "marks", ["added", "changed", "removed"].map((name) => markCount(name, layer))));
  cells.push(make("span", "meter", [bar], { "aria-hidden": true }), make("span", "size", sizeText(layer.stored)));
  const title = `Layer ${instruction.layer}: ${sizeText(layer.stored)}, ${sizeText(layer.compressed)} compressed; ${layer.digest}`;
  return make("li", "made", [makeButton("", cells, () => openLayer(instruction.layer), { title })]);
}

function markCount(name, layer) {
  const sign = { added: "+", changed: "~", removed: "−" }[name];
  return make("span", name[0].toUpperCase(), sign + layer[name][0].toLocaleString("en"), { "aria-label": `${layer[name][0]} ${name}` });
}

function instructionText(instruction) {
  const text = instruction.text.trim();
  const keyword = /^[A-Z]+(?=\s)/.exec(text);
  if (!keyword) return [text];
  return [make("b", "", keyword[0]), text.slice(keyword[0].length)];
}

function sizeColumn(value, whole) {
  return { id: "size", label: "Size", width: "200px", number: true, value, fill: (cell, item) => fillSize(cell, value(item), whole) };
}

function textColumn(id, label, width, value) {
  const fill = (cell, item) => {
    cell.append(make("bdi", "", String(value(item))));
    cell.title = cell.textContent; // it may be cut off
  };
  return { id, label, width, value, fill };
}

function layerColumn(id, label, value) {
  return { id, label, width: "92px", number: true, value, fill: (cell, item) => fillLayer(cell, value(item)) };
}

const WASTE = {
  hidden: "Data that a layer stores, and that a later layer replaces or removes: it is fetched, and no container sees it.",
  duplicates: "Files of the image with the same data that are not links of each other.",
  dive: "Each path that occurs in more than one layer, with the sizes of all its occurrences, as the program dive counts “wasted” bytes. The occurrence that is needed counts, too.",
};

function wastePanel(report) {
  const tables = { hidden: hiddenTable(report), duplicates: duplicateTable(report), dive: diveTable(report) };
  const names = { hidden: "Hidden", duplicates: "Duplicates", dive: "As dive counts" };
  const panel = make("div", "panel full");
  const buttons = Object.keys(tables).map((id) => makeButton("", names[id], () => show(id), { "data-id": id }));
  const choice = make("div", "choice", buttons, { role: "group", "aria-label": "Kind of waste" });
  const show = (id) => {
    for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.id === id);
    const table = tables[id];
    table.tools.prepend(choice);
    panel.replaceChildren(table.tools, make("p", "note", WASTE[id]), table.all.length ? table.grid.element : make("p", "empty", "None"));
  };
  show("hidden");
  return panel;
}

function hiddenTable(report) {
  const items = report.waste.hidden.map(([path, layer, by, isRemoved, size]) => ({ path, layer, by, fate: isRemoved ? "removed" : "replaced", size }));
  return new SortedTable([
    textColumn("path", "Path", "minmax(220px, 1fr)", (item) => item.path),
    sizeColumn((item) => item.size, report.totals.hidden),
    layerColumn("layer", "Stored by", (item) => item.layer),
    textColumn("fate", "Then", "100px", (item) => item.fate),
    layerColumn("by", "By", (item) => item.by),
  ], items, { label: "Hidden files", search: "Search hidden files", sort: "size" });
}

function duplicateTable(report) {
  const items = report.waste.duplicates.map(({ size, paths }) => ({ paths: paths.join(", "), count: paths.length, each: size, size: size * (paths.length - 1) }));
  return new SortedTable([
    textColumn("path", "Paths", "minmax(220px, 1fr)", (item) => item.paths),
    { ...sizeColumn((item) => item.size, report.totals.duplicate), label: "Could be saved" },
    { ...textColumn("count", "Files", "84px", (item) => item.count), number: true },
    { id: "each", label: "Each", width: "110px", number: true, value: (item) => item.each, fill: (cell, item) => (cell.textContent = sizeText(item.each)) },
  ], items, { label: "Duplicates", search: "Search duplicates", sort: "size" });
}

function diveTable(report) {
  const items = report.waste.dive.paths.map(([path, count, size]) => ({ path, count, size }));
  return new SortedTable([
    textColumn("path", "Path", "minmax(220px, 1fr)", (item) => item.path),
    sizeColumn((item) => item.size, report.waste.dive.wasted),
    { ...textColumn("count", "Times", "84px", (item) => item.count), number: true },
  ], items, { label: "Repeated paths", search: "Search repeated paths", sort: "size" });
}

function packagesPanel(report) {
  const { list, os, notes } = report.packages;
  const whole = list.reduce((sum, item) => sum + item.size, 0);
  const table = new SortedTable([
    textColumn("name", "Package", "minmax(160px, 1fr)", (item) => item.name),
    textColumn("version", "Version", "minmax(120px, 0.6fr)", (item) => item.version),
    textColumn("ecosystem", "Kind", "84px", (item) => item.ecosystem),
    sizeColumn((item) => item.size, whole),
    { ...textColumn("files", "Files", "84px", (item) => item.files), number: true },
    layerColumn("layer", "Layer", (item) => item.layer),
    textColumn("licenses", "Licences", "minmax(140px, 0.8fr)", (item) => licencesText(item.licenses)),
  ], list, { label: "Packages", search: "Search packages and licences", sort: "size" });
  const chips = [os, countText(list.length, "package"), ...countsOf(list.map((item) => item.ecosystem)), ...countsOf(list.flatMap((item) => item.licenses)).slice(0, 8)];
  const summary = make("ul", "chips", chips.filter(Boolean).map((text) => make("li", "", text)), { "aria-label": "Summary" });
  const noted = notes.map((note) => make("p", "note", note));
  return make("div", "panel full", [summary, ...noted, table.tools, table.grid.element]);
}

// All of them hold: "MIT AND (ISC OR Zlib)".
function licencesText(licenses) {
  return licenses.map((one) => (licenses.length > 1 && one.includes(" OR ") ? `(${one})` : one)).join(" AND ");
}

// "deb × 12", most frequent first.
function countsOf(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).map(([value, count]) => `${value} × ${count}`);
}

function configPanel(report) {
  const list = make("dl", "pairs", report.config.flatMap((line) => {
    const space = line.indexOf(" ");
    return [make("dt", "", line.slice(0, space)), make("dd", "", line.slice(space + 1))];
  }));
  const layers = make("dl", "pairs", report.layers.flatMap((layer, index) => [
    make("dt", "", `layer ${index}`),
    make("dd", "", `${layer.digest}\ndiff_id ${layer.diffId}\n${layer.mediaType}, ${sizeText(layer.compressed)}`),
  ]));
  return make("div", "panel", [
    make("div", "card", [make("h2", "", "Config"), list]),
    make("div", "card", [make("h2", "", "Blobs of the layers"), layers]),
  ]);
}

function differencePanel(report) {
  const { name, size, files, config, packages } = report.difference;
  const items = files.map(([mark, path, detail, before, after]) => ({ mark, path, detail, before, after, change: after - before }));
  const table = new SortedTable([
    textColumn("path", "Path", "minmax(220px, 1fr)", (item) => item.path),
    { id: "mark", label: "Mark", width: "100px", value: (item) => item.mark, fill: (cell, item) => cell.append(make("span", item.mark, MARKS[item.mark])) },
    ...["before", "after"].map((id) => ({ id, label: id === "before" ? "Before" : "After", width: "110px", number: true, value: (item) => item[id], fill: (cell, item) => (cell.textContent = sizeText(item[id])) })),
    { id: "change", label: "Change", width: "120px", number: true, value: (item) => Math.abs(item.change), fill: (cell, item) => cell.append(make("span", item.change > 0 ? "R" : "A", signedSize(item.change))) },
    textColumn("detail", "What", "minmax(140px, 0.5fr)", (item) => item.detail),
  ], items, { label: "Files that differ", search: "Search files that differ", sort: "change" });
  const change = `Compared with ${name}: ${sizeText(size)} then, ${sizeText(report.totals.shown)} now (${signedSize(report.totals.shown - size)})`;
  const lists = make("div", "two", [lineCard("Config", config), lineCard("Packages", packages)].filter(Boolean));
  return make("div", "panel full", [make("p", "", change), lists, table.tools, table.grid.element]);
}

function signedSize(bytes) {
  return bytes < 0 ? "−" + sizeText(-bytes) : "+" + sizeText(bytes);
}

function lineCard(title, lines) {
  if (!lines.length) return null;
  const items = lines.map((line) => make("li", line[0] === "+" ? "A" : "R", line));
  const list = make("ul", "lines", items, { tabindex: 0, "aria-label": title });
  list.style.maxHeight = "150px";
  list.style.overflow = "auto";
  return make("div", "card", [make("h2", "", title), list]);
}
