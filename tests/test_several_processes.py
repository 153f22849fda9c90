"""`examples/several_processes.py`: one network, trained in several processes."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

SCRIPT = Path(__file__).parents[1] / "examples" / "several_processes.py"


def test_the_processes_share_each_batch_and_each_share_is_balanced():
    share_of_batches = runpy.run_path(str(SCRIPT))["ShareOfBatches"]
    y = np.repeat([0, 1, 2], [30, 9, 4])
    plans = [share_of_batches(i, 2, batch_size=12, random_state=0).fit(y) for i in (0, 1)]
    whole = share_of_batches(0, 1, batch_size=12, random_state=0).fit(y)
    for batch in range(whole.n_batches_):
        shares = [plan.sample_batch(1, batch) for plan in plans]
        assert np.concatenate(shares).tolist() == whole.sample_batch(1, batch).tolist()
        assert [np.bincount(y[rows]).tolist() for rows in shares] == [[2, 2, 2]] * 2


@pytest.mark.slow
@pytest.mark.skipif(
    keras.backend.backend() not in ("torch", "jax"), reason="Keras cannot on this backend"
)
def test_two_processes_learn_what_one_does():
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, SCRIPT], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    *processes, difference = [line for line in done.stdout.splitlines() if "Gloo" not in line]
    assert len(processes) == 3
    assert all(float(line.split("accuracy ")[1][:4]) > 0.9 for line in processes)
    assert float(difference.rpartition(" ")[2]) < 1e-5
