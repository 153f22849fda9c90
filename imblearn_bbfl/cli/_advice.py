"""From facts to sentences: what was found, what can be concluded, and what to do next."""

import os

_FEW, _MANY = 30, 100  # images of the rarest class
_MOST_NAMED = 3


def advise(facts, source):
    """Say what the facts mean.

    Parameters
    ----------
    facts : dict
        As `collect_facts` makes.
    source : Source
        Where the data come from: other options name patients in a table than in a folder.

    Returns
    -------
    advice : dict
        Lists of sentences: `findings`, what is to be mended or known; `conclusions`, what these
        numbers can show; and `next`, what to do.
    """
    findings = [
        *_judge_broken(facts["broken"]),
        *_judge_copies(facts["copies"]),
        *_judge_groups(facts["patients"], source),
        *_judge_files(facts["files"]),
        *_judge_parts(facts["classes"]),
    ]
    return {
        "findings": findings,
        "conclusions": _conclude(facts),
        "next": _list_next_steps(facts),
    }


def _judge_broken(broken):
    if broken:
        listed = [f"{entry['file']} ({entry['reason']})" for entry in broken]
        yield (
            f"{_count(broken, 'file')} cannot be read: {_list(listed)}. Remove or replace "
            f"{_it(broken)}, or leave {_it(broken)} out by --skip-broken; no method can be trained "
            "until then."
        )


def _judge_copies(copies):
    kinds = {
        "classes": (
            "with different classes",
            "Find out which class is right, and remove the other copies.",
        ),
        "parts": (
            "in different parts",
            "Scores on images that were also trained on are too good, so keep one copy of each.",
        ),
        "patients": (
            "under different patients",
            "One copy may then be trained on and the other tested on. Correct the patients, or "
            "keep one copy of each.",
        ),
    }
    rest = copies
    for kind, (how, remedy) in kinds.items():
        torn = [entry for entry in rest if len(entry.get(kind, ())) > 1]
        rest = [entry for entry in rest if entry not in torn]
        if torn:
            listed = [" = ".join(entry["files"]) for entry in torn]
            yield f"{_count(torn, 'image')} {_occur(torn)} {how}: {_list(listed)}. {remedy}"
    if rest:
        listed = [" = ".join(entry["files"]) for entry in rest]
        yield (
            f"{_count(rest, 'image')} {_occur(rest)} more than once: {_list(listed)}. Keep one "
            "copy of each. Otherwise, one copy may be trained on and the other tested on, and "
            "scores are too good."
        )


def _judge_groups(patients, source):
    if patients is None:
        option = "--group-pattern" if os.path.isdir(source.path) else "--group-column"
        yield (
            "It is not known which images show the same patient. If there are several of one "
            f"patient, say by {option} which belong together. Otherwise, the same patient may be "
            "both trained and tested on, and scores are too good."
        )
        return
    if n := patients["in several parts"]:
        yield (
            f"{n:,} of {patients['number']:,} patients have images in several parts, so scores "
            "will be too good. Put all images of a patient into one part."
        )


def _judge_files(files):
    for trait in files["go with classes"]:
        yield (
            f"The {trait} of an image says a lot about its class, so a network may learn to tell "
            "cameras apart rather than what the images show. Check whether new images will differ "
            "in the same way."
        )


def _judge_parts(classes):
    for part in ("train", "test"):
        empty = [str(entry["class"]) for entry in classes if entry.get(part) == 0]
        if empty and len(empty) < len(classes):
            what = "learnt" if part == "train" else "measured"
            yield (
                f"The {part} part has no images of {_list(empty)}, so {_it(empty, 'it', 'they')} "
                f"cannot be {what}."
            )


def _conclude(facts):
    """Say what the number of images of the rarest class allows."""
    precision = facts["precision"]
    if len(facts["classes"]) < 2:
        return []
    best = precision["plans"][-1]
    n, unit = best["n"], precision["unit"]
    width = 50 * (best["high"] - best["low"])
    sentences = [
        f"If {best['found']} of the {n} {unit} of class {precision['class']} are found "
        f"{best['way']}, the true recall lies between {best['low']:.0%} and {best['high']:.0%}, so "
        f"it is known to about ±{width:.0f} percentage points."
    ]
    least = best["least_difference"]
    if least is None:
        return [
            *sentences,
            f"With so few {unit} of that class, no two methods can be told apart by them, and "
            "little can be said about any method.",
        ]
    sentences.append(
        "Two methods can only be told apart if one of them finds "
        + (f"all {n} {unit}" if least == n else f"at least {least} {unit} ({least / n:.0%})")
        + " that the other misses, and misses none that the other finds."
    )
    if n < _FEW:
        sentences.append(
            "This is enough to see whether the class is found at all, but too little to choose "
            "between good methods."
        )
    elif n < _MANY:
        sentences.append("This is enough to see large differences, but not small ones.")
    return sentences


def _list_next_steps(facts):
    if len(facts["classes"]) < 2:
        label = facts["classes"][0]["class"]
        return [f"There is one class only, {label}: add images of what is to be told from it."]
    steps = []
    if facts["broken"] or any(len(entry["classes"]) > 1 for entry in facts["copies"]):
        steps.append("Mend the files named above.")
    if facts["precision"]["plans"][-1]["n"] < _FEW:
        steps.append(
            f"Collect more images of class {facts['precision']['class']} if you can: four times as "
            "many make the interval half as wide. Or merge the class with one that calls for the "
            "same treatment."
        )
    steps.append("Compare methods by the command below, which takes minutes on features.")
    return steps


def _count(items, name):
    return f"{len(items):,} {name}{'' if len(items) == 1 else 's'}"


def _it(items, one="it", several="them"):
    return one if len(items) == 1 else several


def _occur(items):
    return "occurs" if len(items) == 1 else "occur"


def _list(items):
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
