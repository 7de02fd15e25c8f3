"""Optimizers: how weights are changed after each batch, so that the loss falls.

Source: https://keras.io/api/optimizers/
"""

from runtime.optimizers import schedules
from runtime.optimizers.adafactor import Adafactor
from runtime.optimizers.adagrad import Adadelta, Adagrad
from runtime.optimizers.adam import Adam, AdamW
from runtime.optimizers.base import Optimizer, deserialize, get, registry, serialize
from runtime.optimizers.ftrl import Ftrl
from runtime.optimizers.lion import Lamb, Lion
from runtime.optimizers.loss_scale import LossScaleOptimizer
from runtime.optimizers.multi import MultiOptimizer, OptimizerMap
from runtime.optimizers.muon import Muon
from runtime.optimizers.nadam import Adamax, Nadam
from runtime.optimizers.rmsprop import RMSprop
from runtime.optimizers.schedule_free import ScheduleFreeAdamW
from runtime.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lamb",
    "Lion",
    "LossScaleOptimizer",
    "MultiOptimizer",
    "Muon",
    "Nadam",
    "Optimizer",
    "OptimizerMap",
    "RMSprop",
    "ScheduleFreeAdamW",
    "deserialize",
    "get",
    "registry",
    "schedules",
    "serialize",
]
