"""The picture of the demo: the data, what a batch holds, and what each method makes of it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.offsetbox import AnnotationBbox, OffsetImage
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix

from imblearn_bbfl import BalancedBatchGenerator
from imblearn_bbfl.datasets import load_imbalanced_digits

COLORS = ["#0072B2", "#009E73", "#B565A7", "#D55E00"]  # tell apart without red-green vision
BATCH_SIZE = 16


def draw_figure(counts, predictions):
    """Draw all panels.

    `counts` is the number of training images of each digit, from the most frequent to the rarest;
    `predictions` has a dict of method, y_true and y_pred for each run.
    """
    X, y = load_imbalanced_digits(return_X_y=True)
    balanced = BalancedBatchGenerator(X, y, batch_size=BATCH_SIZE, random_state=0)[0]
    color_of = dict(zip(counts, COLORS, strict=True))
    methods = list(dict.fromkeys(row["method"] for row in predictions))

    plt.rcParams |= {"font.size": 11, "axes.titlesize": 12, "axes.titleweight": "bold"}
    fig, axes = plt.subplot_mosaic(
        [["data", "plain", "balanced"], ["recall", "first", "last"]],
        figsize=(12, 7.4),
        width_ratios=[1.55, 1, 1],
        layout="constrained",
    )
    fig.get_layout_engine().set(w_pad=0.12, h_pad=0.12, hspace=0.06, wspace=0.02)
    _draw_counts(axes["data"], counts, X, y, color_of)
    _draw_batch(axes["plain"], X[:BATCH_SIZE], y[:BATCH_SIZE], color_of, "A batch as it comes")
    _draw_batch(axes["balanced"], *balanced, color_of, "A balanced batch")
    _draw_recalls(axes["recall"], predictions, methods, color_of)
    _draw_confusion(axes["first"], predictions, methods[0], list(counts))
    _draw_confusion(axes["last"], predictions, methods[-1], list(counts))
    for name in ("plain", "balanced", "first", "last"):
        axes[name].set_anchor("N")  # squares: their titles stay in line with those beside them
    return fig


def _draw_counts(ax, counts, X, y, color_of):
    ax.set_title("Training images of each digit", loc="left")
    bars = ax.barh(range(len(counts)), counts.values(), color=color_of.values(), height=0.62)
    ax.bar_label(bars, padding=5, fontsize=12)
    for position, digit in enumerate(counts):
        image = OffsetImage(_ink(X[y == digit][0], color_of[digit]), zoom=4.2)
        place = {"xycoords": ("axes fraction", "data"), "frameon": False}
        ax.add_artist(AnnotationBbox(image, (-0.07, position), **place))
    ax.set(yticks=[], xticks=[], xlim=(0, 1.1 * max(counts.values())))
    ax.invert_yaxis()
    ax.spines[["top", "right", "bottom", "left"]].set_visible(False)


def _draw_batch(ax, images, digits, color_of, title):
    ax.set_title(title)
    tiles = [
        np.pad(_ink(x, color_of[d]), ((1, 1), (1, 1), (0, 0)), constant_values=1.0)
        for x, d in zip(images, digits, strict=True)
    ]
    rows = [np.hstack(tiles[i : i + 4]) for i in range(0, BATCH_SIZE, 4)]
    ax.imshow(np.vstack(rows))
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_color("0.8")


def _draw_recalls(ax, predictions, methods, color_of):
    """Draw a bar of each class's mean recall for each method, and a dot for each run."""
    ax.set_title("Recall on test images (dots: single runs)", loc="left")
    width = 0.8 / len(color_of)
    for i, method in enumerate(methods):
        for j, (digit, color) in enumerate(color_of.items()):
            recalls = [
                np.mean(row["y_pred"][row["y_true"] == digit] == digit)
                for row in predictions
                if row["method"] == method
            ]
            x = i + (j - (len(color_of) - 1) / 2) * width
            ax.bar(x, np.mean(recalls), 0.9 * width, color=color, label=digit if i == 0 else None)
            spread = np.linspace(-0.25, 0.25, len(recalls)) * width
            ax.plot(x + spread, recalls, "o", color="0.15", markersize=2.5)
    ax.set(xticks=range(len(methods)), xticklabels=[m.replace("-", "-\n") for m in methods])
    ax.set_ylim(0, 1.02)
    ax.yaxis.set_major_formatter("{x:.0%}")
    ax.tick_params(axis="x", length=0)
    ax.spines[["top", "right"]].set_visible(False)


def _draw_confusion(ax, predictions, method, digits):
    """Draw the share of each digit's test images that is taken for each digit, over all runs."""
    rows = [row for row in predictions if row["method"] == method]
    y_true, y_pred = (np.concatenate([row[key] for row in rows]) for key in ("y_true", "y_pred"))
    shares = confusion_matrix(y_true, y_pred, labels=digits, normalize="true")
    ConfusionMatrixDisplay(shares, display_labels=digits).plot(
        ax=ax, cmap="Blues", colorbar=False, values_format=".0%", im_kw={"vmin": 0, "vmax": 1}
    )
    ax.set(title=method, xlabel="predicted", ylabel="true")


def _ink(image, color):
    """Paint a gray image (h, w, 1) in one color on white: (h, w, 3)."""
    paint = LinearSegmentedColormap.from_list("ink", ["white", color])
    return paint(image[..., 0] / 255.0)[..., :3]
