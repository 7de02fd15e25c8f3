"""Which element type comes of several, by the rules Keras has taken from JAX.

Source: https://docs.jax.dev/en/latest/type_promotion.html
"""

from functools import cache, reduce
from typing import Any

from runtime.errors import ParameterError
from runtime.formats import DTYPES, floatx, standardize_dtype

_WIDER: dict[str, tuple[str, ...]] = {
    "bool": ("int*",),
    "int*": ("uint8", "int8", "complex64"),
    "uint8": ("uint16", "int16"),
    "uint16": ("uint32", "int32"),
    "uint32": ("uint64", "int64"),
    "uint64": ("float*",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float*",),
    "float*": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
}
"""Element type → the next wider ones. A star marks numbers of Python, which adapt to what they meet."""

_NARROW = {"int64": "int32", "uint64": "uint32", "float64": "float32", "complex128": "complex64"}


def result_type(*dtypes: Any) -> str:
    """Name of the element type that comes of several; never more than 32 bits.

    Args:
        *dtypes: Element types; `int` and `float` stand for numbers of Python. None is `floatx()`.

    Raises:
        ParameterError: There is none of that name.
    """
    if not dtypes:
        return floatx()
    nodes = [f"{kind.__name__}*" if kind in (int, float) else standardize_dtype(kind) for kind in dtypes]
    for node in nodes:
        if node not in _WIDER:
            raise ParameterError(
                f"result_type got {node!r}, which has no wider type.",
                parameter="dtypes",
                received=node,
                hint=f"Use some of {', '.join(DTYPES)}.",
            )
    found = reduce(_wider, nodes)
    if found.endswith("*"):
        # Numbers of Python have as many bits as the usual element type.
        found = f"{found[:-1]}{floatx()[-2:]}"
    return _NARROW.get(found, found)


@cache
def _wider(one: str, other: str) -> str:
    common = _reached(one) & _reached(other)
    # The narrowest is the one from which all others can be reached.
    return next(name for name in common if common <= _reached(name))


@cache
def _reached(name: str) -> frozenset[str]:
    return frozenset({name}).union(*(_reached(wider) for wider in _WIDER[name]))
