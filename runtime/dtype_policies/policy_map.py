"""`DTypePolicyMap`: policies by the path of a layer."""

import re
from collections.abc import Iterator, MutableMapping
from typing import Any, Self

from runtime.configurable import object_config
from runtime.dtype_policies.finding import get
from runtime.dtype_policies.policy import DTypePolicy
from runtime.errors import ParameterError


class DTypePolicyMap(DTypePolicy, MutableMapping[str, DTypePolicy]):
    """Policies by the path of a layer: for a layer whose inner layers compute in different element types.

    A path is looked up as it stands first, then as something the keys match as regular expressions.

    Args:
        default_policy: Policy of layers whose path is not in the map; None for the one set for all.
        policy_map: Path or pattern → policy.

    Source: https://keras.io/api/mixed_precision/policy/
    """

    _module = "keras.dtype_policies"
    is_map = True

    def __init__(self, default_policy: Any = None, policy_map: dict[str, DTypePolicy] | None = None) -> None:
        if isinstance(default_policy, DTypePolicyMap):
            raise ParameterError(
                "The default of a DTypePolicyMap is a map itself.",
                parameter="default_policy",
                received=default_policy,
                hint="Give a single policy.",
            )
        if policy_map is not None and not isinstance(policy_map, dict):
            raise ParameterError(
                f"DTypePolicyMap(policy_map=…) got {policy_map!r}.",
                parameter="policy_map",
                received=policy_map,
                hint="Give a dict from path to policy.",
            )
        self._default = default_policy
        self._policies: dict[str, DTypePolicy] = policy_map or {}

    @property
    def default_policy(self) -> DTypePolicy:
        """The policy of layers whose path is not in the map."""
        return get(self._default)

    @property
    def name(self) -> str:
        """Name of the default policy after "map_"."""
        return f"map_{self.default_policy.name}"

    @property
    def compute_dtype(self) -> str:
        """Element type that the default policy computes in."""
        return self.default_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        """Element type of weights by the default policy."""
        return self.default_policy.variable_dtype

    def __getitem__(self, path: str) -> DTypePolicy:
        """The policy for a path.

        Raises:
            ParameterError: Several patterns fit.
        """
        if path in self._policies:
            return self._policies[path]
        fitting = [pattern for pattern in self._policies if re.fullmatch(pattern, path)]
        if len(fitting) > 1:
            raise ParameterError(
                f"Several patterns of the DTypePolicyMap fit the path {path!r}: {fitting}.",
                hint="Let only one of them fit.",
            )
        return self._policies[fitting[0]] if fitting else self.default_policy

    def __setitem__(self, path: str, policy: Any) -> None:
        """Adds a policy.

        Raises:
            ParameterError: There is one for the path, or it is no policy.
        """
        if path in self._policies:
            raise ParameterError(
                f"The DTypePolicyMap has a policy for {path!r} already.",
                hint="Delete it first to give another one.",
            )
        self._policies[path] = get(policy)

    def __delitem__(self, path: str) -> None:
        del self._policies[path]

    def __contains__(self, path: object) -> bool:
        return path in self._policies

    def __len__(self) -> int:
        return len(self._policies)

    def __iter__(self) -> Iterator[str]:
        return iter(self._policies)

    def __bool__(self) -> bool:
        return True

    def get_config(self) -> dict[str, Any]:
        """Default and policies as JSON values."""
        default = self._default
        return {
            "default_policy": object_config(default) if isinstance(default, DTypePolicy) else default,
            "policy_map": {path: object_config(policy) for path, policy in self._policies.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes a map from what `get_config` returned."""
        policies = {path: get(policy) for path, policy in (config.get("policy_map") or {}).items()}
        default = config.get("default_policy")
        return cls(default if default is None else get(default), policies)

    @property
    def _kind(self) -> type:
        return DTypePolicyMap

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DTypePolicyMap)
            and other.default_policy == self.default_policy
            and other._policies == self._policies
        )

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        listed = [(path, policy.name) for path, policy in self._policies.items()]
        return f"<DTypePolicyMap default_policy={self.default_policy.name}, mapping={listed}>"
