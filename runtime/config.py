"""What a program sets once for everything it makes afterwards.

Source: https://keras.io/api/utils/config_utils/
"""

from typing import NoReturn

from runtime.dtype_policies.policy import dtype_policy, set_dtype_policy
from runtime.errors import ParameterError, RefusedError
from runtime.formats import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from runtime.switches import (
    disable_flash_attention,
    disable_interactive_logging,
    disable_traceback_filtering,
    enable_flash_attention,
    enable_interactive_logging,
    enable_traceback_filtering,
    is_flash_attention_enabled,
    is_interactive_logging_enabled,
    is_traceback_filtering_enabled,
    max_epochs,
    max_steps_per_epoch,
    set_max_epochs,
    set_max_steps_per_epoch,
)

__all__ = [
    "backend",
    "disable_flash_attention",
    "disable_interactive_logging",
    "disable_traceback_filtering",
    "dtype_policy",
    "enable_flash_attention",
    "enable_interactive_logging",
    "enable_traceback_filtering",
    "enable_unsafe_deserialization",
    "epsilon",
    "floatx",
    "image_data_format",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_nnx_enabled",
    "is_traceback_filtering_enabled",
    "max_epochs",
    "max_steps_per_epoch",
    "set_backend",
    "set_dtype_policy",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_max_epochs",
    "set_max_steps_per_epoch",
]


def backend() -> str:
    """Name of the library that computes: always "torch"."""
    return "torch"


def set_backend(backend: str) -> None:
    """Takes "torch" and nothing else: it is the only library that computes here.

    Args:
        backend: Its name.

    Raises:
        ParameterError: Another one is asked for.
    """
    if backend != "torch":
        raise ParameterError(
            f"set_backend got {backend!r}, but everything here is computed by torch.",
            parameter="backend",
            received=backend,
            hint="Leave the call out.",
        )


def is_nnx_enabled() -> bool:
    """False: NNX belongs to JAX."""
    return False


def enable_unsafe_deserialization() -> NoReturn:
    """Refuses: what a file holds is never executed here, whatever it is.

    Raises:
        RefusedError: Always; says how to go on.
    """
    raise RefusedError(
        "Code in model files is never executed here, so there is nothing to enable.",
        what="enable_unsafe_deserialization",
        hint="Write a Layer in place of a Lambda, and give it to load_model(custom_objects={…}).",
    )
