"""Networks by name: a backbone of :mod:`keras.applications` (or your own) with the paper's head.

A network is one flat :class:`keras.Model` from pixels to logits. The layer named ``"features"`` is
the global average pooling (GAP) between the backbone and the head, of one feature map or of several
in a row; the layer ``"logits"`` is the output. The backbone is never nested inside the network, so
tools that walk the layers (Grad-CAM, ONNX export) see all of them.
"""

import imblearn_bbfl._backend  # first: it says what to install where Keras has none
from imblearn_bbfl.backbones._applications import list_applications
from imblearn_bbfl.backbones._cosines import apply_cosines, has_cosines
from imblearn_bbfl.backbones._network import (
    build_network,
    check_backbone,
    is_pretrained,
    list_backbones,
)

__all__ = [
    "apply_cosines",
    "build_network",
    "check_backbone",
    "has_cosines",
    "is_pretrained",
    "list_applications",
    "list_backbones",
]


def __dir__():
    return __all__
