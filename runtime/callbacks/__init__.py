"""Callbacks: things to do at the turns of training."""

from runtime.callbacks.backup_and_restore import BackupAndRestore
from runtime.callbacks.base import Callback, registry
from runtime.callbacks.callback_list import CallbackList
from runtime.callbacks.csv_logger import CSVLogger
from runtime.callbacks.early_stopping import EarlyStopping
from runtime.callbacks.history import History
from runtime.callbacks.lambda_callback import LambdaCallback
from runtime.callbacks.learning_rate_scheduler import LearningRateScheduler
from runtime.callbacks.model_checkpoint import ModelCheckpoint
from runtime.callbacks.monitoring import MonitorCallback
from runtime.callbacks.progbar import Progbar
from runtime.callbacks.progbar_logger import ProgbarLogger
from runtime.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from runtime.callbacks.swap_ema_weights import SwapEMAWeights
from runtime.callbacks.tensorboard import TensorBoard
from runtime.callbacks.terminate_on_nan import TerminateOnNaN

__all__ = [
    "BackupAndRestore",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "MonitorCallback",
    "Progbar",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "SwapEMAWeights",
    "TensorBoard",
    "TerminateOnNaN",
    "registry",
]
