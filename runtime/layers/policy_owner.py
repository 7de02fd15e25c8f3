"""The part of a layer that knows its dtype policy and computes by it."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch

from runtime.dtype_policies import DTypePolicy
from runtime.dtype_policies import get as get_policy
from runtime.layers.context import remat_scopes, scoped
from runtime.layers.precision import in_precision, is_plain, lowered, policies, weight_places

_HALF = ("float16", "bfloat16")


class PolicyOwner:
    """The part of a layer that knows in which element types it computes and keeps its weights."""

    name: str
    built: bool
    autocast: bool
    call: Callable[..., Any]
    _dtype_policy: DTypePolicy
    _path: str | None
    _remat: Any
    _plain: bool
    """True for float32 and nothing else: most layers, whose calls shall not ask further."""

    computes_in_full: ClassVar[bool] = False
    """True for a layer that computes in float32 between its casts: half precision would lose too much."""

    def _take_policy(self, dtype: Any, *, autocast: bool) -> None:
        self._dtype_policy = get_policy(dtype)
        self._path = None
        self._remat = remat_scopes[-1] if remat_scopes else None
        self.autocast = autocast
        self._note_plain()

    def _note_plain(self) -> None:
        policy = self._dtype_policy
        self._plain = policy.name == "float32" and type(policy) is DTypePolicy and self._remat is None

    @property
    def dtype_policy(self) -> DTypePolicy:
        """In which element type the layer computes, and in which it keeps its weights."""
        return self._dtype_policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        policy = get_policy(value)
        table: Any = self._dtype_policy
        if table.is_map and self.path:
            if self.path in table:
                del table[self.path]
            table[self.path] = policy
        else:
            self._dtype_policy = policy
        self._note_plain()
        policies["changes"] += 1

    @property
    def _own_policy(self) -> DTypePolicy:
        """The policy, out of a map the one for the layer's path."""
        policy: Any = self._dtype_policy
        return policy[self._path] if self._path and policy.is_map else policy

    @property
    def dtype(self) -> str:
        """Element type of the weights."""
        return self._own_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """Element type the layer computes in."""
        return self._own_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """Element type of the weights."""
        return self._own_policy.variable_dtype

    @property
    def input_dtype(self) -> str:
        """Element type that inputs are converted to."""
        return self.compute_dtype

    @property
    def quantization_mode(self) -> None:
        """None: no layer here keeps its weights as whole numbers."""
        return None

    @property
    def path(self) -> str | None:
        """Names of the layers around it and its own, joined by slashes; None until it is built."""
        return self._path if self.built else None

    def _take_path(self) -> None:
        """Notes where the layer stands: a map of policies goes by it."""
        if self._path is None:
            self._path = scoped(self.name)

    def _entry_dtype(self) -> torch.dtype | None:
        """What inputs with a fraction are converted to; None leaves them as they are."""
        if self._plain:
            return torch.float32 if self.autocast or self.computes_in_full else None
        if self.autocast:
            return getattr(torch, self.compute_dtype, None)
        if not self.computes_in_full:
            return None
        return getattr(torch, "float32" if self.compute_dtype in _HALF else self.compute_dtype, None)

    def _in_own_precision(self, arguments: dict[str, Any]) -> Any:
        """What `call` returns, computed as the layer's policy says."""
        if self._plain:
            return self.call(**arguments)
        if self._remat is not None:
            return self._call_in_own_precision()(**arguments)
        if self.computes_in_full and self.compute_dtype in _HALF:
            return in_precision(self, self.call)(**arguments)
        if self.compute_dtype == self.variable_dtype or not self.autocast:
            return self.call(**arguments)
        with lowered(weight_places(self)):
            return self.call(**arguments)

    def _call_in_own_precision(self) -> Callable[..., Any]:
        """The function a compiled graph calls in place of `call`: `call` itself where nothing is cast."""
        if self._plain:
            return self.call
        plain = is_plain(self) and not self._dtype_policy.is_map
        call = self.call if plain else in_precision(self, self.call)
        return call if self._remat is None else self._remat.applied(self, call)
