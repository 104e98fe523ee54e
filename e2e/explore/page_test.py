"""Tests the page of image_explore in Chromium.

page_test.py CHROMIUM IMAGE_EXPLORE OUTPUT_DIRECTORY: prints a line for each measured
interaction, leaves screenshots, and fails if something is not as expected.
"""

import os
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import images  # noqa: E402
from chromium import Chromium  # noqa: E402

FILES = 100_000
LIMIT_MS = 100
RUNS = 7

# Runs an action and resolves to the milliseconds until the frame after it is made.
MEASURE = """
window.measure = (action) => new Promise((resolve) => {
  requestAnimationFrame(() => {
    const start = performance.now();
    action();
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => resolve(performance.now() - start);
      channel.port2.postMessage(0);
    });
  });
});
window.files = () => app.files();
window.typeInto = (text) => {
  files().search.value = text;
  files().search.dispatchEvent(new Event("input"));
};
window.press = (element, key) => element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
"""

# What a user does, in this order; each has what to do before it, unmeasured.
INTERACTIONS = [
    ("show the files", "app.show('overview')", "app.show('files')"),
    ("search one letter", "typeInto('')", "typeInto('e')"),
    ("search a name", "typeInto('')", "typeInto('file0123')"),
    ("clear the search", "typeInto('package33')", "typeInto('')"),
    ("list of all files", "files().setForm('tree')", "files().setForm('list')"),
    ("sort all by name", "files().sortId = 'size'", "files().sort('name')"),
    ("sort all by size", "files().sortId = 'name'", "files().sort('size')"),
    ("sort all by layer", "files().sortId = 'name'", "files().sort('layer')"),
    ("scroll to the middle", "files().grid.body.scrollTop = 0", "files().grid.body.scrollTop = 1300000"),
    ("arrow down", "files().grid.select(50000)", "press(files().grid.body, 'ArrowDown')"),
    ("page down", "files().grid.select(50000)", "press(files().grid.body, 'PageDown')"),
    ("tree again", "files().setForm('list')", "files().setForm('tree')"),
    ("open a directory", "", "files().toggle(files().grid.items[0])"),
    ("choose in the map", "", "files().selectNode(files().view.children(files().map.boxes[40].node)[0] ?? files().map.boxes[40].node)"),
    ("go into a directory", "files().openRoot(0)", "files().openRoot(files().view.children(0)[0])"),
    ("go up", "files().openRoot(files().view.children(0)[0])", "files().openRoot(0)"),
    ("draw the map", "", "files().map.draw()"),
    ("show a layer", "files().showLayer(-1)", "files().showLayer(1)"),
    ("only what was added", "files().setMarks('')", "files().setMarks('A')"),
    ("the image again", "files().setMarks(''); files().showLayer(1)", "files().showLayer(-1)"),
    ("show the waste", "app.show('files')", "app.show('waste')"),
]


class Failures:
    def __init__(self):
        self.count = 0

    def expect(self, is_right, what):
        if not is_right:
            self.count += 1
            print("FAILED: " + what)


def task_ms(chromium):
    """The CPU time that the thread of the page has used."""
    metrics = chromium.call("Performance.getMetrics")["metrics"]
    return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def measure(chromium, failures, interactions):
    """The time to the next frame is judged in the run that other programs delayed least."""
    chromium.call("Performance.enable", timeDomain="threadTicks")
    print("CPU ms  frame ms  (median, and the least time to the next frame)")
    for name, before, action in interactions:
        frames, tasks = [], []
        for _ in range(RUNS):
            chromium.evaluate(f"(() => {{ {before} }})()")
            chromium.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
            start = task_ms(chromium)
            frames.append(chromium.evaluate(f"measure(() => {{ {action} }})"))
            tasks.append(task_ms(chromium) - start)
        task, frame = statistics.median(tasks), min(frames)
        print(f"{task:6.1f}  {frame:8.1f}  {name}")
        failures.expect(task < LIMIT_MS and frame < LIMIT_MS, f"{name}: expected less than {LIMIT_MS} ms, got {task:.1f} and {frame:.1f}")


def focus(chromium):
    """What has the focus, its row if it is a table, and whether a ring shows it."""
    return chromium.evaluate("""(() => {
      const element = document.activeElement;
      const row = document.getElementById(element.getAttribute("aria-activedescendant"));
      const ring = (one) => getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) > 0;
      const isRinged = ring(element) || ring(element.parentElement);
      return { name: element.getAttribute("aria-label") ?? element.textContent, row: row?.textContent, level: row?.getAttribute("aria-level"), isRinged };
    })()""")


def use_keyboard(chromium, failures):
    chromium.evaluate("app.show('overview'); document.activeElement.blur()")
    seen = []

    def tab_to(name):
        for _ in range(30):
            chromium.key("Tab")
            now = focus(chromium)
            seen.append(now["name"])
            failures.expect(now["isRinged"], f"expected a visible ring around {now['name']}")
            if now["name"].startswith(name):
                return
        failures.expect(False, f"expected Tab to reach {name}, got {seen}")

    tab_to("Overview")
    chromium.key("ArrowRight")
    failures.expect(focus(chromium)["name"].startswith("Files"), "expected the arrow to choose the tab Files")
    chromium.key("/")
    failures.expect(focus(chromium)["name"] == "Search paths", "expected / to reach the search")
    tab_to("Treemap")
    chromium.key("ArrowDown")
    chromium.key("ArrowDown")
    said = chromium.evaluate("document.getElementById('status').textContent")
    failures.expect(said.startswith("usr/lib, "), f"expected the map to say where it is, got {said}")
    tab_to("Tree of files")
    chromium.key("Home")
    first = focus(chromium)
    failures.expect(first.get("row", "").startswith(("▸usr/", "▾usr/")), f"expected the first row, got {first}")
    if first.get("row", "").startswith("▸"):
        chromium.key("ArrowRight")
    chromium.key("ArrowRight")
    second = focus(chromium)
    failures.expect(second.get("level") == "2", f"expected to be below, got {second}")
    chromium.key("ArrowLeft")
    chromium.key("ArrowLeft")
    failures.expect(focus(chromium).get("level") == "1", "expected to be above again")


def read_aloud(chromium, failures):
    """What a screen reader has."""
    nodes = chromium.call("Accessibility.getFullAXTree")["nodes"]
    roles = {}
    for node in nodes:
        if not node.get("ignored"):
            roles.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
    for role in ["tablist", "tab", "tabpanel", "treegrid", "row", "columnheader", "gridcell", "searchbox", "image", "heading", "main"]:
        failures.expect(role in roles, f"expected a {role} for screen readers, got {sorted(roles)}")
    failures.expect("Tree of files" in roles.get("treegrid", []), "expected the treegrid to be named")
    unnamed = [role for role in ["button", "tab", "searchbox", "combobox", "treegrid", "image"] if "" in roles.get(role, [])]
    failures.expect(not unnamed, f"expected names for all of {unnamed}")


def check_quiet(chromium, path, failures):
    """No request but for the page itself, no error, nothing that the policy had to stop."""
    requests = [event["request"]["url"] for event in chromium.happened("Network.requestWillBeSent")]
    failures.expect(requests == ["file://" + os.path.abspath(path)], f"expected no request, got {requests}")
    for method in ["Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening"]:
        failures.expect(not chromium.happened(method), f"expected no {method}, got {chromium.happened(method)}")


def shoot(chromium, out, name):
    for scheme in ["light", "dark"]:
        chromium.media(prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
        for view in chromium.evaluate("app.tabs.map((tab) => tab.id)"):
            chromium.evaluate(f"app.show('{view}')")
            chromium.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            chromium.screenshot(os.path.join(out, f"{name}.{view}.{scheme}.png"))
    chromium.media(prefers_color_scheme="light")


def test_hostile(chromium, page, failures):
    chromium.open(page)
    chromium.evaluate("app.show('files')")
    chromium.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    failures.expect(chromium.evaluate("document.title") == "hostile", "expected that no name is executed")
    failures.expect(chromium.evaluate("document.scripts.length") == 2, "expected two script elements")
    failures.expect(chromium.evaluate("document.images.length") == 0, "expected no image")
    rows = chromium.evaluate("[...document.querySelectorAll('.row bdi')].map((one) => one.textContent)")
    for name in ["\\u202egnp.exe", "\\x1b]0;title\\x07", "line\\nfeed\\ttab", images.HOSTILE[0], images.HOSTILE[1]]:
        failures.expect(name in rows, f"expected {name} among {rows}")
    check_quiet(chromium, page, failures)


def check_files(chromium, failures):
    """The tree has the files that the overview counts."""
    files, total = chromium.evaluate("[app.files().view.files[0], app.report.totals.files]")
    failures.expect(files == total, f"expected {total} files in the tree, got {files}")


def make_page(program, out, name, layers, instructions, more=()):
    flags = images.write(os.path.join(os.environ.get("TEST_TMPDIR", out), name), name, layers, instructions)
    page = os.path.join(out, name + ".html")
    subprocess.run([program, *flags, *more, "--html_out=" + page], check=True)
    return page


def main():
    chromium_program, program, out = sys.argv[1:4]
    failures = Failures()
    page = make_page(program, out, "large", images.large(FILES), ["COPY base /", "RUN npm install", "RUN rm -rf /usr/lib/package005 /usr/lib/package017"])
    hostile = make_page(program, out, "hostile", images.hostile(), ["COPY " + images.HOSTILE[0] + " /"])
    print(f"{os.path.getsize(page)} bytes of a page about {FILES} files, {os.path.getsize(hostile)} about {len(images.HOSTILE)}")
    chromium = Chromium(chromium_program)
    try:
        test_hostile(chromium, hostile, failures)
        print(f"{1000 * chromium.open(page):6.0f} ms to load")
        chromium.evaluate(MEASURE)
        measure(chromium, failures, INTERACTIONS)
        check_quiet(chromium, page, failures)
        chromium.open(page)
        use_keyboard(chromium, failures)
        read_aloud(chromium, failures)
        check_files(chromium, failures)
        check_quiet(chromium, page, failures)
        shoot(chromium, out, "large")
    finally:
        chromium.close()
    print(f"{failures.count} failed")
    return 1 if failures.count else 0


if __name__ == "__main__":
    sys.exit(main())
