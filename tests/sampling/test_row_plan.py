"""What `sampling` stands for: a name, nothing, a sampler or a row plan."""

import re

import pytest
from imblearn.over_sampling import SMOTE
from imblearn.under_sampling import RandomUnderSampler

from imblearn_bbfl.sampling import (
    BatchBalancedSampler,
    ResamplingSampler,
    ShuffleSampler,
    make_row_plan,
)
from imblearn_bbfl.sampling._row_plan import name_sampler


@pytest.mark.parametrize(
    ("sampling", "kind"), [("batch", BatchBalancedSampler), (None, ShuffleSampler)]
)
def test_each_name_makes_its_plan_with_the_batch_size_and_the_seed(sampling, kind):
    plan = make_row_plan(sampling, 6, 7)
    assert type(plan) is kind
    assert (plan.batch_size, plan.random_state) == (6, 7)


def test_a_sampler_is_run_by_a_plan_with_the_batch_size_and_the_seed():
    sampler = RandomUnderSampler()
    plan = make_row_plan(sampler, 6, 7)
    assert type(plan) is ResamplingSampler
    assert plan.sampler is sampler
    assert (plan.batch_size, plan.random_state) == (6, 7)


@pytest.mark.parametrize(
    ("sampling", "name", "sampler"),
    [
        ("smote", "smote", "SMOTE"),
        ("SMOTE-ENN", "SMOTE-ENN", "SMOTEENN"),
        ("over", "over", "RandomOverSampler"),
        ("Under", "Under", "RandomUnderSampler"),
        ("BATCH", "BATCH", "RandomOverSampler"),
        (SMOTE, "SMOTE", "SMOTE"),
    ],
)
def test_what_is_no_sampler_is_refused_with_the_one_that_is_meant(sampling, name, sampler):
    message = f"'{name}' is not a sampler. Use 'batch' .*, such as {re.escape(sampler)}\\(\\)\\."
    with pytest.raises(ValueError, match=message):
        make_row_plan(sampling, 6, 7)


def test_a_name_that_is_like_none_means_no_sampler():
    assert name_sampler("smoothie") == ""


@pytest.mark.parametrize("kind", [BatchBalancedSampler, ShuffleSampler])
def test_a_batch_has_32_rows_by_default(kind):
    assert kind().batch_size == 32
    assert ResamplingSampler(RandomUnderSampler()).batch_size == 32
