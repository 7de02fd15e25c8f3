"""`DTypePolicy`: in which element type a layer computes, and in which it keeps its weights."""

from typing import Any, ClassVar, Self

from runtime.configurable import Configurable
from runtime.errors import ParameterError, did_you_mean
from runtime.formats import DTYPES, floatx, standardize_dtype

MIXED = {"mixed_float16": ("float16", "float32"), "mixed_bfloat16": ("bfloat16", "float32")}
"""Names of policies that compute in one element type and keep the weights in another."""


class DTypePolicy(Configurable):
    """In which element type a layer computes, and in which it keeps its weights.

    Args:
        name: An element type such as "float32", used for both; or "mixed_float16" or "mixed_bfloat16" to
            compute in half precision with weights in float32. None for the policy set for all layers.

    Source: https://keras.io/api/mixed_precision/policy/
    """

    _module = "keras"
    is_map: ClassVar[bool] = False
    """True for policies by the path of a layer."""

    def __init__(self, name: str | None = None) -> None:
        self._name = dtype_policy().name if name is None else name
        self._compute_dtype, self._variable_dtype = _parsed(self._name)

    @property
    def name(self) -> str:
        """Name of the policy."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """Element type of the inputs a layer computes with, and of its outputs."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """Element type of the weights."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> None:
        """None: no layer here keeps its weights as whole numbers."""
        return None

    def get_config(self) -> dict[str, Any]:
        """The name."""
        return {"name": self.name}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other._kind is self._kind and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    @property
    def _kind(self) -> type:
        """What may be equal to this policy."""
        return DTypePolicy

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'


class FloatDTypePolicy(DTypePolicy):
    """Another name of `DTypePolicy`.

    Args:
        name: As for `DTypePolicy`.
    """


def _parsed(name: Any) -> tuple[str, str]:
    if not isinstance(name, str):
        raise ParameterError(
            f"DTypePolicy(name=…) got {name!r}, but it wants a name such as 'mixed_bfloat16'.",
            parameter="name",
            received=name,
        )
    if name in MIXED:
        return MIXED[name]
    try:
        dtype = standardize_dtype(name)
    except ParameterError:
        known = (*MIXED, *DTYPES)
        close = did_you_mean(name, known)
        advice = "Layers that keep weights as whole numbers are not here." if "_from_" in name else ""
        raise ParameterError(
            f"The dtype {name!r} is not known.",
            parameter="dtype",
            received=name,
            hint=f"Did you mean {close[0]!r}?" if close else advice or "Use 'float32' or 'mixed_bfloat16'.",
        ) from None
    return dtype, dtype


_set_for_all: list[DTypePolicy] = []


def dtype_policy() -> DTypePolicy:
    """The policy of layers that are made without one.

    It begins as the `floatx()` there is when it is first asked for, and stays then.
    """
    if not _set_for_all:
        _set_for_all.append(DTypePolicy(floatx()))
    return _set_for_all[0]


def set_dtype_policy(policy: Any) -> None:
    """Chooses the policy of all layers that are made from now on without one of their own.

    Args:
        policy: Name such as "mixed_bfloat16", or a policy.

    Raises:
        ParameterError: It is no policy.

    Source: https://keras.io/api/mixed_precision/policy/
    """
    if not isinstance(policy, DTypePolicy):
        policy = DTypePolicy(policy)
    _set_for_all[:] = [policy]


def forget_dtype_policy() -> None:
    """Lets the policy of all layers begin anew with `floatx()`."""
    _set_for_all.clear()
