"""Take the picture of a report that the tutorial shows: run the tutorial, and photograph its page.

Needs Chromium on the PATH, and Playwright (``pip install -e '.[browser]'``). One minute::

    python benchmarks/report_picture.py
"""

import argparse
import os
import re
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parents[1] / "docs"
WIDTH, HEIGHT = 600, 524  # pixels, few enough that a telephone shows letters of 8 and more


def main():
    """Run the Python of the tutorial as far as the report, and photograph how that begins."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DOCS / "images" / "report.png")
    out = parser.parse_args().out.resolve()
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    names = {}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for code in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            exec(code, names)
            if "report" in names:
                break
        photograph(Path("report.html").resolve(), out)
        os.chdir(DOCS)
    print(f"{out}: {out.stat().st_size / 1024:.0f} kB")


def photograph(page, out):
    """Write a picture of the upper part of a page: the answer."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        tab = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        tab.goto(page.as_uri())
        tab.screenshot(path=out)
        browser.close()


if __name__ == "__main__":
    main()
