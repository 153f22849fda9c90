"""What a browser makes of a page: for any HTML, a report as well as the documentation."""

import sys
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import NamedTuple

WIDTHS = {1300: 900, 420: 900}  # of a screen and a telephone, with their heights
SCHEMES = ("light", "dark")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Everything that is read, in one go: a call to the browser costs more than what it does.
_READ = """
() => {
  const parse = text => {
    const [r, g, b, a] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a === undefined ? 1 : a];
  };
  const over = (top, below) => {
    const rest = (1 - top[3]) * below[3], alpha = top[3] + rest;
    if (alpha === 0) return [0, 0, 0, 0];
    return [...[0, 1, 2].map(i => (top[i] * top[3] + below[i] * rest) / alpha), alpha];
  };
  const luminance = color => {
    const [r, g, b] = color.slice(0, 3).map(value => {
      const v = value / 255;
      return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    let color = [0, 0, 0, 0];
    for (let e = element; e; e = e.parentElement)
      color = over(color, parse(getComputedStyle(e).backgroundColor));
    const canvas = document.createElement("p");
    canvas.style.color = "Canvas";
    document.body.append(canvas);
    const below = parse(getComputedStyle(canvas).color);
    canvas.remove();
    return over(color, below);
  };
  const name = element => {
    const text = (element.textContent || element.alt || "").trim().replace(/\\s+/g, " ");
    return `<${element.tagName.toLowerCase()} class="${element.className}"> ${text.slice(0, 60)}`;
  };
  const isShown = element =>
    element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) &&
    element.getBoundingClientRect().width > 1 &&
    !element.closest("[style*='clip'], .visually-hidden");
  const scrolls = element => {
    for (let e = element.parentElement; e; e = e.parentElement)
      if (e !== document.body && e !== document.documentElement &&
          getComputedStyle(e).overflowX !== "visible") return true;
    return false;
  };
  const all = [...document.body.querySelectorAll("*")].filter(isShown);
  const overflowing = all.filter(e =>
    e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e)).map(name);
  if (document.documentElement.scrollWidth > innerWidth)
    overflowing.push(`the page, ${document.documentElement.scrollWidth} pixels wide`);
  const images = [...document.images];
  const holdsText = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const faint = [];
  for (const element of all.filter(holdsText)) {
    const below = ground(element);
    const [a, b] = [over(parse(getComputedStyle(element).color), below), below].map(luminance);
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)}: ${name(element)}`);
  }
  return {
    overflowing: overflowing,
    missing: images.filter(i => !i.complete || i.naturalWidth === 0).map(name),
    untold: images.filter(i => !i.alt.trim()).map(name),
    faint: faint,
    n_images: images.length,
    n_texts: all.filter(holdsText).length,
  };
}
"""


class Reading(NamedTuple):
    """What was found on a page at one width, in one color scheme.

    Attributes
    ----------
    overflowing : list of str
        What is wider than the window, and not in a part that scrolls by itself.
    missing : list of str
        Images that were not loaded.
    untold : list of str
        Images without an alternative text.
    faint : list of str
        Text whose contrast with what is behind it is below 4.5.
    errors : list of str
        What the page wrote to the console as an error, and what it could not load.
    n_images, n_texts : int
        How many images and texts were looked at.
    """

    overflowing: list
    missing: list
    untold: list
    faint: list
    errors: list
    n_images: int
    n_texts: int

    @property
    def faults(self):
        """All that is wrong, by its kind."""
        kinds = ("overflowing", "missing", "untold", "faint", "errors")
        return {kind: getattr(self, kind) for kind in kinds if getattr(self, kind)}


@contextmanager
def open_browser(executable):
    """Yield a browser of Playwright that is run by an installed Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def read_page(browser, address, width, scheme):
    """Open a page, and return what is found on it.

    Parameters
    ----------
    browser : playwright Browser
        As `open_browser` yields.
    address : str
        Of the page, such as ``path.as_uri()``.
    width : int
        Of the window, in pixels; one of `WIDTHS`.
    scheme : {"light", "dark"}
        What the reader prefers.

    Returns
    -------
    reading : Reading
    """
    viewport = {"width": width, "height": WIDTHS[width]}
    page = browser.new_page(viewport=viewport, color_scheme=scheme)
    errors = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda request: errors.append(f"not loaded: {request.url[:80]}"))
    try:
        page.goto(address, wait_until="load")
        return Reading(errors=errors, **page.evaluate(_READ))
    finally:
        page.close()


def main(paths, executable):
    """Print the faults of pages at each width, in each scheme; return how many readings have any.

    ``python tests/browser/reading.py /usr/bin/chromium docs/_build/html/*.html``
    """
    n_faulty = 0
    with open_browser(executable) as browser:
        for path, width, scheme in product(paths, WIDTHS, SCHEMES):
            faults = read_page(browser, Path(path).resolve().as_uri(), width, scheme).faults
            n_faulty += bool(faults)
            for kind, found in faults.items():
                for fault in found:
                    print(f"{path}, {width} pixels, {scheme}: {kind}: {fault}")
    return n_faulty


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:], sys.argv[1]) > 0)
