"""How well the recall of the rarest class can be known from a number of images."""

from scipy.stats import binomtest

from imblearn_bbfl.metrics import wilson_interval

EXPECTED_RECALL = 0.8
"""What the interval is told for: nobody knows the recall yet, and others give similar widths."""

FOLDS = 5
"""Of cross-validation, which tests each image once."""


def plan_precision(facts):
    """Tell how wide the interval of the rarest class's recall will be, by how one tests.

    Patients count in place of images where they are known: images of one say much the same.

    Parameters
    ----------
    facts : dict
        With the counts of the classes.

    Returns
    -------
    precision : dict
        The rarest `class`, its `unit` and, as `plans`, what `measure_precision` returns for each
        way to test.
    """
    unit = "images" if facts["patients"] is None else "patients"
    rarest = min(facts["classes"], key=lambda entry: entry["images"])
    n_all = rarest[unit]
    plans = []
    if rarest.get("test"):
        # Of the patients, as large a share as of the images.
        n_test = max(1, round(n_all * rarest["test"] / rarest["images"]))
        plans.append({"way": "on your test part", **measure_precision(n_test)})
    else:
        tenth = {"way": "on a tenth held out", **measure_precision(max(1, round(n_all / 10)))}
        plans.append(tenth)
        plans.append({"way": f"by {FOLDS}-fold cross-validation", **measure_precision(n_all)})
    return {"class": rarest["class"], "unit": unit, "plans": plans}


def measure_precision(n, recall=EXPECTED_RECALL):
    """Tell what can be known from n tested images of a class.

    Parameters
    ----------
    n : int
        At least 1.
    recall : float, default=EXPECTED_RECALL
        Share of them that is found.

    Returns
    -------
    precision : dict
        `n`; `found`, the nearest number to that share; the interval `low` to `high` that holds the
        true recall with a confidence of 95 % (Wilson's score interval); and `least_difference`, how
        many images one method must find that another misses, if it misses none that the other
        finds, for the two to be told apart (by the sign test, p < .05): None where n are too few.
    """
    found = round(recall * n)
    low, high = wilson_interval(found / n, n)
    least = next((m for m in range(1, 100) if binomtest(m, m).pvalue < 0.05), None)
    return {
        "n": n,
        "found": found,
        "low": low,
        "high": high,
        "least_difference": least if least <= n else None,
    }
