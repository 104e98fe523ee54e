"""Tests the pages of images in Chromium.

image_pages.py CHROMIUM OUTPUT_DIRECTORY NAME=IMAGE,PACKAGES…: IMAGE is the directory
with the outputs of an image, PACKAGES a file with the name and the version of each of
its Debian packages, sorted. Prints a line for each measured interaction, leaves
screenshots, and fails if something is not as expected.
"""

import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from chromium import Chromium  # noqa: E402
from page_test import INTERACTIONS, MEASURE, Failures, check_files, check_quiet, measure, shoot  # noqa: E402

MEASURE_PACKAGES = """
window.packages = () => app.panel("packages");
window.sortPackages = (id) => packages().querySelector(`[data-id=${id}] button`).click();
window.findPackages = (text) => {
  packages().querySelector("input").value = text;
  packages().querySelector("input").dispatchEvent(new Event("input"));
};
"""

PACKAGE_INTERACTIONS = [
    ("show the packages", "app.show('files')", "app.show('packages')"),
    ("search packages", "findPackages('')", "findPackages('lib')"),
    ("clear that search", "findPackages('lib')", "findPackages('')"),
    ("sort packages by name", "sortPackages('size')", "sortPackages('name')"),
    ("sort packages by licence", "sortPackages('size')", "sortPackages('licenses')"),
    ("scroll the packages", "packages().querySelector('.body').scrollTop = 0", "packages().querySelector('.body').scrollTop = 1e6"),
]


def purls(document):
    """The package URLs of Debian packages in an SBOM, either of SPDX or of CycloneDX."""
    found = [component.get("purl", "") for component in document.get("components", [])]
    for package in document.get("packages", []):
        found += [reference["referenceLocator"] for reference in package.get("externalRefs", [])]
    return [purl for purl in found if purl.startswith("pkg:deb/")]


def check_packages(chromium, image, expected, failures):
    """The page and the SBOMs have the packages that dpkg has."""
    of_page = chromium.evaluate("app.report.packages.list.filter((one) => one.ecosystem === 'deb').map((one) => one.name + ' ' + one.version)")
    failures.expect(sorted(of_page) == sorted(expected), f"expected the packages of dpkg, got a difference in {sorted(set(of_page) ^ set(expected))}")
    total = chromium.evaluate("app.report.packages.list.length")
    chromium.evaluate("app.show('packages')")
    shown = chromium.evaluate("document.querySelector('#tab-packages .count').textContent")
    failures.expect(shown == f"{total:,}", f"expected {total:,} in the tab, got {shown}")
    rows = chromium.evaluate("packages().querySelector('[role=grid]').getAttribute('aria-rowcount')")
    failures.expect(rows == str(total + 1), f"expected {total} rows and a heading, got {rows}")
    chips = chromium.evaluate("[...packages().querySelectorAll('.chips li')].map((one) => one.textContent)")
    failures.expect(f"deb × {len(expected)}" in chips, f"expected deb × {len(expected)} among {chips}")
    licences = chromium.evaluate("licencesText(['MIT', 'ISC OR Zlib'])")
    failures.expect(licences == "MIT AND (ISC OR Zlib)", f"expected MIT AND (ISC OR Zlib), got {licences}")
    for file in ["sbom.spdx.json", "sbom.cdx.json"]:
        with open(os.path.join(image, file), encoding="utf-8") as document:
            count = len(purls(json.load(document)))
        failures.expect(count == len(expected), f"expected {len(expected)} Debian packages in {file}, got {count}")
    print(f"{len(expected)} Debian packages, {total} in all")


def check_provenance(image, failures):
    with open(os.path.join(image, "provenance.json"), encoding="utf-8") as file:
        subjects = json.load(file)["subject"]
    with open(os.path.join(image, "manifest.digest"), encoding="utf-8") as file:
        digest = file.read().strip()
    got = {"sha256:" + subject["digest"]["sha256"] for subject in subjects}
    failures.expect(got == {digest}, f"expected a provenance of {digest}, got {got}")


def test_page(chromium, out, name, image, packages, failures):
    page = os.path.join(image, "explore.html")
    with open(packages, encoding="utf-8") as file:
        expected = file.read().splitlines()
    print(f"{name}: {os.path.getsize(page)} bytes, {1000 * chromium.open(page):.0f} ms to load")
    chromium.evaluate(MEASURE + MEASURE_PACKAGES)
    totals = chromium.evaluate("app.report.totals")
    print(f"{totals['files']} files, {totals['shown']} bytes of data")
    check_files(chromium, failures)
    check_packages(chromium, image, expected, failures)
    check_provenance(image, failures)
    measure(chromium, failures, INTERACTIONS + PACKAGE_INTERACTIONS)
    check_quiet(chromium, page, failures)
    chromium.open(page)
    shoot(chromium, out, name)


def main():
    program, out = sys.argv[1:3]
    failures = Failures()
    chromium = Chromium(program)
    try:
        for argument in sys.argv[3:]:
            name, _, files = argument.partition("=")
            image, packages = files.split(",")
            test_page(chromium, out, name, image, packages, failures)
    finally:
        chromium.close()
    print(f"{failures.count} failed")
    return 1 if failures.count else 0


if __name__ == "__main__":
    sys.exit(main())
