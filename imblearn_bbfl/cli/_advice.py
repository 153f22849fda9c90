"""From facts to sentences: what was found, what can be concluded, and what to do next."""

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
            f"{_it(broken)}, or leave {_it(broken)} out by --skip-broken: no method can be trained "
            "before."
        )


def _judge_copies(copies):
    kinds = {
        "classes": ("with different classes", "Find out which is right, and remove the others."),
        "parts": (
            "in different parts",
            "Scores of images that were trained on are too good: keep each in one part.",
        ),
        "patients": (
            "under different patients",
            "They would be trained on and tested on: correct the patients, or keep one of each.",
        ),
    }
    rest = copies
    for kind, (how, remedy) in kinds.items():
        torn = [entry for entry in rest if len(entry.get(kind, ())) > 1]
        rest = [entry for entry in rest if entry not in torn]
        if torn:
            listed = [" = ".join(entry["files"]) for entry in torn]
            yield f"{_count(torn, 'image')} {_are(torn)} there more than once, {how}: " + (
                f"{_list(listed)}. {remedy}"
            )
    if rest:
        listed = [" = ".join(entry["files"]) for entry in rest]
        yield (
            f"{_count(rest, 'image')} {_are(rest)} there more than once: {_list(listed)}. Keep one "
            "of each, for a copy in the training part and one in the test part flatter."
        )


def _judge_groups(patients, source):
    if patients is None:
        option = "--group-column" if source.path.lower().endswith("csv") else "--group-pattern"
        yield (
            "It is not known which images belong to one patient. If some do, say so by "
            f"{option}: otherwise the same patient is trained on and tested on, and scores are too "
            "good."
        )
        return
    if n := patients["in several parts"]:
        yield (
            f"{n:,} of {patients['number']:,} patients have images in several parts, so that "
            "scores are too good. Give each patient one part."
        )


def _judge_files(files):
    for trait in files["go with classes"]:
        yield (
            f"The {trait} of an image tells much about its class, so that a network may learn the "
            "camera in place of what it shows. See whether new images will differ in the same way."
        )


def _judge_parts(classes):
    for part in ("train", "test"):
        empty = [str(entry["class"]) for entry in classes if entry.get(part) == 0]
        if empty and len(empty) < len(classes):
            what = "learnt" if part == "train" else "measured"
            yield (
                f"There are no images of {_list(empty)} in the {part} part, so that "
                f"{_it(empty, 'it', 'they')} cannot be {what}."
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
        f"{best['way']}, the true recall lies between {best['low']:.0%} and {best['high']:.0%}: it "
        f"is known to about ±{width:.0f} points."
    ]
    if best["least_difference"] is None:
        sentences.append(f"No two methods can be told apart by {n} {unit} of that class.")
    else:
        share = best["least_difference"] / n
        sentences.append(
            f"Two methods can be told apart where one finds at least {best['least_difference']} "
            f"{unit} ({share:.0%}) that the other misses, and misses none that the other finds."
        )
    if n < _FEW:
        sentences.append(
            "That is enough to see whether the class is found at all, and too little to choose "
            "between good methods by it."
        )
    elif n < _MANY:
        sentences.append("That is enough to tell large differences, not small ones.")
    return sentences


def _list_next_steps(facts):
    if len(facts["classes"]) < 2:
        label = facts["classes"][0]["class"]
        return [f"There is one class only, {label}: add images of what is to be told from it."]
    steps = []
    n = facts["precision"]["plans"][-1]["n"]
    if n < _FEW:
        steps.append(
            f"Collect more of class {facts['precision']['class']}, if you can: with four times as "
            "many the interval is half as wide. Or merge it with a class that asks for the same "
            "treatment."
        )
    if facts["broken"] or any(len(entry["classes"]) > 1 for entry in facts["copies"]):
        steps.append("Mend the files named above.")
    steps.append("Compare methods, in minutes, by `imblearn-bbfl compare`.")
    return steps


def _count(items, name):
    return f"{len(items):,} {name}{'' if len(items) == 1 else 's'}"


def _it(items, one="it", several="them"):
    return one if len(items) == 1 else several


def _are(items):
    return "is" if len(items) == 1 else "are"


def _list(items):
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
