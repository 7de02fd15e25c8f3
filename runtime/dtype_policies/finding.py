"""From a name, a config or an object to the policy it stands for."""

from importlib import import_module
from typing import Any

from runtime.configurable import object_config
from runtime.dtype_policies.policy import DTypePolicy, FloatDTypePolicy, dtype_policy
from runtime.errors import FileFormatError, ParameterError
from runtime.formats import standardize_dtype

KINDS: dict[str, type[DTypePolicy]] = {
    "DTypePolicy": DTypePolicy,
    "FloatDTypePolicy": FloatDTypePolicy,
    # Keras 2 called it so.
    "Policy": DTypePolicy,
    "PolicyV1": DTypePolicy,
}
"""The kinds of single policies a file may hold."""

_MAP = "DTypePolicyMap"


def load_map(name: str) -> Any:
    """The class `DTypePolicyMap`, which few programs need; serves as `__getattr__` of the package.

    Raises:
        AttributeError: Another name is asked for.
    """
    if name != _MAP:
        raise AttributeError(f"module 'runtime.dtype_policies' has no attribute '{name}'")
    return import_module("runtime.dtype_policies.policy_map").DTypePolicyMap


def get(identifier: Any) -> DTypePolicy:
    """The policy that a name, config or element type stands for; None is the one set for all layers.

    Raises:
        ParameterError: It stands for none.
        FileFormatError: The config is of no policy that is known here.
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except ParameterError:
        raise ParameterError(
            f"{identifier!r} is no dtype policy.",
            parameter="dtype",
            received=identifier,
            hint="Give a name such as 'float32' or 'mixed_bfloat16', or a DTypePolicy.",
        ) from None


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """Class name and arguments of a policy as JSON values.

    Args:
        dtype_policy: The policy.
    """
    return object_config(dtype_policy)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> DTypePolicy:
    """Makes a policy from a config as `serialize` or Keras writes it.

    Args:
        config: A dict with "class_name" and "config".
        custom_objects: Further classes by name, trusted by the caller.

    Raises:
        FileFormatError: It is of no policy that is known here.
    """
    name, arguments = config.get("class_name"), config.get("config")
    if not isinstance(arguments, dict):
        raise FileFormatError(f"its dtype is {str(config)[:100]}, which names none.")
    own = (custom_objects or {}).get(str(name))
    if own is not None:
        return own.from_config(arguments)
    policy = KINDS.get(str(name or "DTypePolicy"))
    if name == _MAP:
        policy = load_map(_MAP)
    if policy is None:
        raise FileFormatError(
            f"its dtype is a {str(name)[:40]}, which is not known here.",
            hint="Layers that keep weights as whole numbers are not here.",
        )
    if not isinstance(arguments.get("name"), str | None):
        raise FileFormatError(f"its dtype is {str(config)[:100]}, which names none.")
    return policy.from_config(arguments)
