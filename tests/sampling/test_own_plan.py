"""A row plan of a user: two methods, of which the base class checks what they do."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from imblearn_bbfl import BalancedBatchGenerator
from imblearn_bbfl.sampling import RowPlan, make_row_plan
from imblearn_bbfl.sampling._rows import CutRowPlan

Y = np.repeat(["healthy", "mild", "sick"], [7, 3, 2])


class Cyclic(RowPlan):
    """Goes through the rows again and again, in their order."""

    def __init__(self, batch_size=4, n_rows=None, random_state=None):
        self.batch_size = batch_size
        self.n_rows = n_rows
        self.random_state = random_state

    def _fit_plan(self, X, y, codes):
        self.n_fitted_ = self.n_rows or len(y)
        self.n_batches_ = -(-self.n_fitted_ // self.batch_size)

    def _sample_batch(self, epoch, batch):
        return (batch * self.batch_size + np.arange(self.batch_size)) % self.n_fitted_


class KnownCounts(Cyclic):
    """Says what an epoch holds on average."""

    def _fit_plan(self, X, y, codes):
        super()._fit_plan(X, y, codes)
        self.class_counts_ = np.array([4.5, 4.5, 3.0])


class OneRow(Cyclic):
    """Takes one row in each epoch, that of its number."""

    def _fit_plan(self, X, y, codes):
        self.n_batches_ = 1

    def _sample_batch(self, epoch, batch):
        return [epoch]


class OneRowCut(CutRowPlan):
    """The same, from the order of an epoch."""

    batch_size, random_state = 4, None

    def _fit_epochs(self, X, y):
        pass

    def _order_epoch(self, epoch):
        return np.array([epoch])


class WithoutBatches(Cyclic):
    """Forgets to say how many batches an epoch has."""

    def _fit_plan(self, X, y, codes):
        pass


@pytest.mark.parametrize(("batch_size", "counts"), [(4, [7, 3, 2]), (5, [10, 3, 2])])
def test_classes_are_counted_in_the_first_epoch_where_a_plan_does_not_say(batch_size, counts):
    assert Cyclic(batch_size).fit(Y).class_counts_.tolist() == counts


@pytest.mark.parametrize("kind", [OneRow, OneRowCut])
def test_classes_that_the_first_epoch_leaves_out_count_nothing(kind):
    assert kind().fit(["healthy", "mild", "sick"]).class_counts_.tolist() == [1, 0, 0]


def test_counts_that_a_plan_knows_are_left():
    assert KnownCounts().fit(Y).class_counts_.tolist() == [4.5, 4.5, 3.0]


def test_a_second_fit_counts_anew():
    plan = Cyclic().fit(Y)
    assert plan.fit(Y[::-1][:4]).class_counts_.tolist() == [2, 2]


def test_an_epoch_is_its_batches():
    plan = Cyclic().fit(Y)
    batches = [plan.sample_batch(3, batch).tolist() for batch in range(3)]
    assert [rows.tolist() for rows in plan.sample_epoch(3)] == batches


def test_a_plan_is_copied_with_batch_size_and_seed_set():
    plan = make_row_plan(Cyclic(batch_size=4, n_rows=5), batch_size=2, random_state=7)
    assert plan.get_params() == {"batch_size": 2, "n_rows": 5, "random_state": 7}
    fitted = plan.fit(Y)
    assert pickle.loads(pickle.dumps(fitted)).sample_batch(0, 1).tolist() == [2, 3]
    assert not hasattr(clone(fitted), "n_batches_")


def test_the_generator_takes_a_plan():
    X = np.arange(12)[:, np.newaxis]
    batches = BalancedBatchGenerator(X, Y, sampler=Cyclic(), batch_size=4)
    assert batches[1][0].ravel().tolist() == [4, 5, 6, 7]


def test_a_plan_without_a_number_of_batches_is_refused_with_its_name():
    with pytest.raises(ValueError, match=r"WithoutBatches\._fit_plan must set n_batches_"):
        WithoutBatches().fit(Y)


def test_the_number_of_batches_of_an_earlier_fit_is_forgotten():
    plan = WithoutBatches()
    plan.n_batches_ = 3
    with pytest.raises(ValueError, match="must set n_batches_"):
        plan.fit(Y)


@pytest.mark.parametrize("rows", [[-1, 3], [0, 12]], ids=str)
def test_rows_that_are_not_there_are_refused(monkeypatch, rows):
    monkeypatch.setattr(Cyclic, "_sample_batch", lambda self, epoch, batch: rows)
    with pytest.raises(ValueError, match="the rows are numbered from 0 to 11"):
        KnownCounts().fit(Y).sample_batch(0, 0)


@pytest.mark.parametrize("rows", [[], [0.5, 1.0], [[0, 1]], 3, [True, False]], ids=str)
def test_what_is_no_row_numbers_is_refused_with_the_name_of_the_plan(monkeypatch, rows):
    monkeypatch.setattr(Cyclic, "_sample_batch", lambda self, epoch, batch: rows)
    with pytest.raises(ValueError, match=r"KnownCounts\._sample_batch returned .* row numbers"):
        KnownCounts().fit(Y).sample_batch(0, 0)
