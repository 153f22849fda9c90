"""What happens in `fit` once the data are checked: phases, seeds, shared networks, callbacks."""

import imblearn_bbfl._backend  # first: it says what to install where Keras has none
from imblearn_bbfl.training._batch_norm import STATISTICS, reestimate_statistics, set_batch_norm
from imblearn_bbfl.training._checkpoint import TrainingCheckpoint
from imblearn_bbfl.training._devices import check_devices, check_strategy, count_devices
from imblearn_bbfl.training._fit import has_schedule
from imblearn_bbfl.training._forking import check_process
from imblearn_bbfl.training._head import (
    build_head,
    normalize_classes,
    restart_head,
    standardize_features,
)
from imblearn_bbfl.training._keras_settings import KerasSettings, read_keras_settings
from imblearn_bbfl.training._layers import list_layers, list_normalizations
from imblearn_bbfl.training._messages import (
    describe_best,
    describe_epoch,
    describe_last,
    describe_network,
    describe_phase,
    describe_rows,
    report,
)
from imblearn_bbfl.training._network_key import hash_weights, make_graph_key
from imblearn_bbfl.training._prediction import predict_batches, predict_chunks
from imblearn_bbfl.training._routing import RoutedParameters, make_parts, select_params
from imblearn_bbfl.training._schedule import make_decay
from imblearn_bbfl.training._seeding import Seeds, seed_dropout, seed_layers, seed_torch
from imblearn_bbfl.training._shared_features import (
    FEATURES,
    clear_shared_features,
    set_shared_features,
)
from imblearn_bbfl.training._shared_networks import (
    POOL,
    clear_shared_networks,
    set_shared_networks,
)
from imblearn_bbfl.training._train import Phase, Watch, begin_training, write_uncompiled
from imblearn_bbfl.training._validation import ValidationScores, measure_loss, resolve_monitor

__all__ = [
    "FEATURES",
    "POOL",
    "STATISTICS",
    "KerasSettings",
    "Phase",
    "RoutedParameters",
    "Seeds",
    "TrainingCheckpoint",
    "ValidationScores",
    "Watch",
    "begin_training",
    "build_head",
    "check_devices",
    "check_process",
    "check_strategy",
    "clear_shared_features",
    "clear_shared_networks",
    "count_devices",
    "describe_best",
    "describe_epoch",
    "describe_last",
    "describe_network",
    "describe_phase",
    "describe_rows",
    "has_schedule",
    "hash_weights",
    "list_layers",
    "list_normalizations",
    "make_decay",
    "make_graph_key",
    "make_parts",
    "measure_loss",
    "normalize_classes",
    "predict_batches",
    "predict_chunks",
    "read_keras_settings",
    "reestimate_statistics",
    "report",
    "resolve_monitor",
    "restart_head",
    "seed_dropout",
    "seed_layers",
    "seed_torch",
    "select_params",
    "set_batch_norm",
    "set_shared_features",
    "set_shared_networks",
    "standardize_features",
    "write_uncompiled",
]


def __dir__():
    return __all__
