"""scikit-learn's callbacks, which see training as a task and its epochs as tasks within it."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from imblearn_bbfl import BBFLClassifier

pytest.importorskip("sklearn.callback", reason="scikit-learn before 1.9 has no callbacks")

rng = np.random.default_rng(0)
Y = np.repeat(["common", "rare"], [40, 20])
X = rng.normal(size=(60, 3)).astype("float32") + (Y == "rare")[:, np.newaxis]


class Recorder:
    """Writes down which hook is called for which task."""

    max_propagation_depth = None

    def __init__(self, stop_after=None, asks=False):
        self.seen, self.scores, self.stop_after, self.asks = [], [], stop_after, asks

    def setup(self, estimator, context):
        self.seen.append("setup")

    def teardown(self, estimator, context):
        self.seen.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.seen.append(f"begin {context.task_name} {context.task_id}")

    def on_fit_task_end(self, estimator, context, *, X=None, y=None, fitted_estimator=None):
        self.seen.append(f"end {context.task_name} {context.task_id}")
        if self.asks and fitted_estimator is not None:
            self.scores.append(fitted_estimator.score(X, y))
        return context.task_name == "epoch" and context.task_id == self.stop_after


def make_classifier(**parameters):
    return BBFLClassifier("mlp", epochs=3, learning_rate=0.01, random_state=0, **parameters)


def test_each_epoch_is_a_task_within_that_of_the_fit():
    recorder = Recorder()
    make_classifier().set_callbacks(recorder).fit(X, Y)
    epochs = [f"{end} epoch {i}" for i in range(3) for end in ("begin", "end")]
    assert recorder.seen == ["setup", "begin fit 0", *epochs, "end fit 0", "teardown"]


def test_a_callback_stops_training():
    assert len(make_classifier().set_callbacks(Recorder(1)).fit(X, Y).history_["loss"]) == 2


def test_what_a_callback_is_handed_predicts_as_the_classifier_would_that_stopped_there():
    recorder = Recorder(asks=True)
    watched, plain = make_classifier(thresholding="prior"), make_classifier(thresholding="prior")
    watched.set_callbacks(recorder).fit(X, Y)
    shorter = clone(plain).set_params(epochs=1).fit(X, Y)
    plain.fit(X, Y)
    assert recorder.scores[0] == shorter.score(X, Y)
    assert recorder.scores[2:] == [plain.score(X, Y)] * 2  # of the last epoch, and of the fit
    np.testing.assert_array_equal(watched.predict_proba(X), plain.predict_proba(X))


def test_a_search_has_the_epochs_of_its_fits_below_it():
    recorder = Recorder()
    search = GridSearchCV(make_classifier(), {"gamma": [0, 1]}, cv=2, refit=False)
    search.set_callbacks(recorder).fit(X, Y)
    assert sum(seen.startswith("end epoch") for seen in recorder.seen) == 2 * 2 * 3
    assert recorder.seen.count("setup") == recorder.seen.count("teardown") == 1


def test_a_fit_without_epochs_is_a_task_all_the_same():
    recorder = Recorder()
    make_classifier().set_params(epochs=0).set_callbacks(recorder).fit(X, Y)
    assert recorder.seen == ["setup", "begin fit 0", "end fit 0", "teardown"]


def test_an_error_in_training_tears_callbacks_down():
    class Failing(Recorder):
        def on_fit_task_begin(self, estimator, context):
            if context.task_name == "epoch":
                raise RuntimeError("no more")

    recorder = Failing()
    with pytest.raises(RuntimeError, match="no more"):
        make_classifier().set_callbacks(recorder).fit(X, Y)
    assert recorder.seen == ["setup", "teardown"]


@pytest.mark.slow
def test_heads_that_learn_a_rule_are_no_tasks():
    recorder = Recorder()
    make_classifier(thresholding="tuned").set_params(epochs=0, head_epochs=2).set_callbacks(
        recorder
    ).fit(X, Y)
    assert sum(seen.startswith("end epoch") for seen in recorder.seen) == 2
    assert recorder.seen.count("teardown") == 1
