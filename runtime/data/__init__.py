"""Data: from whatever a program has to the batches a model is trained on."""

from runtime.data.arrays import ArrayBatches
from runtime.data.batches import Batch, Batches
from runtime.data.checks import check_class_ids, check_finite, check_shares
from runtime.data.class_weights import class_sample_weights
from runtime.data.conversion import as_tensor, as_tensors
from runtime.data.labels import to_categorical
from runtime.data.nested import (
    flatten,
    map_leaves,
    pack_x_y_sample_weight,
    packer,
    unpack_x_y_sample_weight,
)
from runtime.data.py_dataset import PyDataset
from runtime.data.sequences import pad_sequences
from runtime.data.sources import is_array_data, make_batches
from runtime.data.splitting import split_for_validation
from runtime.data.transfer import on_device

__all__ = [
    "ArrayBatches",
    "Batch",
    "Batches",
    "PyDataset",
    "as_tensor",
    "as_tensors",
    "check_class_ids",
    "check_finite",
    "check_shares",
    "class_sample_weights",
    "flatten",
    "is_array_data",
    "make_batches",
    "map_leaves",
    "on_device",
    "pack_x_y_sample_weight",
    "packer",
    "pad_sequences",
    "split_for_validation",
    "to_categorical",
    "unpack_x_y_sample_weight",
]
