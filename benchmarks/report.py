"""One HTML file with all of a comparison: it needs no other file, so it can be sent."""

import base64
import html
import importlib.metadata
import io
import platform
from datetime import date

import numpy as np

_PACKAGES = (
    "imblearn-bbfl",
    "keras",
    "tensorflow",
    "tensorflow-cpu",
    "jax",
    "torch",
    "scikit-learn",
    "imbalanced-learn",
    "numpy",
    "opencv-python-headless",
)

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
       color: #222; }
h1 { font-size: 1.7rem; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid #e4e4e4;
         white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
img { max-width: 100%; height: auto; }
figure { margin: 1.5rem 0; } figcaption { color: #555; font-size: .9rem; }
.note { background: #fff6e0; padding: .6rem 1rem; border-left: 4px solid #e0a000; }
"""


def write_report(path, comparison, data, settings, figures):
    """Write the report.

    Parameters
    ----------
    path : Path
        Of the HTML file.
    comparison : Comparison
        Its table, verdicts and how long it took.
    data : Bunch
        `y` and the `note` on the data.
    settings : dict
        What the comparison was run with.
    figures : dict of str to (figure, caption)
        Matplotlib figures.
    """
    parts = [
        f"<h1>Methods for class imbalance on {html.escape(str(settings['data']))}</h1>",
        f"<p>{_describe_data(data)} {_describe_runs(comparison)}</p>",
        f'<p class="note">{html.escape(data.note)}</p>' if data.note else "",
        "<h2>Scores</h2>",
        "<p>Mean ± standard deviation over runs on test images; the best mean over all runs is "
        "bold. For columns with ↓ less is better.</p>",
        f'<div class="wide">{comparison._repr_html_()}</div>',
        f"<h2>Is {html.escape(comparison.reference_)} better?</h2>",
        "<ul>" + "".join(f"<li>{html.escape(v)}</li>" for v in comparison.tests()["verdict"]),
        "</ul>",
        *(_show(*figure) for figure in figures.values()),
        "<h2>Settings</h2>",
        _tabulate(settings),
        "<h2>Versions</h2>",
        _tabulate(_list_versions()),
    ]
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Comparison on {html.escape(str(settings['data']))}</title>"
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>",
        encoding="utf-8",
    )


def _describe_data(data):
    labels, counts = np.unique(data.y, return_counts=True)
    listed = ", ".join(f"{html.escape(str(k))}: {n}" for k, n in zip(labels, counts, strict=True))
    return f"{len(data.y)} images; of each class {listed}."


def _describe_runs(comparison):
    runs = comparison.predictions_
    hours = sum(run.seconds for run in runs) / 3600
    failed = f" {len(comparison.failures_)} runs failed." if comparison.failures_ else ""
    return (
        f"{len(runs)} runs of {len(comparison.methods_)} methods took {hours:.1f} hours in all."
        f"{failed} Report of {date.today().isoformat()}."
    )


def _show(figure, caption):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    code = base64.b64encode(buffer.getvalue()).decode()
    caption = html.escape(caption)
    return (
        f'<figure><img alt="{caption}" src="data:image/png;base64,{code}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _tabulate(pairs):
    rows = (
        f"<tr><td>{html.escape(str(name))}</td><td>{html.escape(str(value))}</td></tr>"
        for name, value in pairs.items()
    )
    return f"<table>{''.join(rows)}</table>"


def _list_versions():
    versions = {"Python": platform.python_version(), "machine": platform.machine()}
    for name in _PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
