"""The formula in a docstring is what the function computes."""

import math
import re
from typing import Any

import pytest
import torch

from runtime import activations, regularizers
from runtime.layers.docstrings import parse_docstring

SPELLED = {
    "eˣ": "exp(x)",
    "e⁻ˣ": "exp(-x)",
    "e^": "exp",
    "x²": "x**2",
    "·": "*",
    "√": "sqrt",
    "Φ(x)": "(1 + erf(x / sqrt(2))) / 2",
}
KNOWN = {name: getattr(math, name) for name in ("exp", "log", "sqrt", "erf", "tanh")} | {
    "max": max,
    "min": min,
    "sign": lambda x: (x > 0) - (x < 0),
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0), 1),
}
DEFAULTS = {"leaky_relu": {"negative_slope": 0.2}, "squareplus": {"b": 4}}


def value_of(formula: str, x: float, **arguments: float) -> float:
    """What a formula of one number gives."""
    formula = formula.partition(", Φ")[0]
    for written, meant in SPELLED.items():
        formula = formula.replace(written, meant)
    formula = re.sub(r"\|(.+?)\|", r"abs(\1)", formula)
    formula = re.sub(r"^(.+) for (.+), else (.+)$", r"(\1) if \2 else (\3)", formula)
    return float(eval(formula, {**KNOWN, **arguments, "abs": abs, "x": x}))


def computes_alone(formula: str) -> bool:
    return bool(formula) and not re.search(r"Σ|side by side|up to", formula)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in activations.registry.names()
        if computes_alone(parse_docstring(activations.registry.lookup(name)).formula)
    ],
)
def test_an_activation_is_what_its_formula_says(name: str) -> None:
    function: Any = activations.registry.lookup(name)
    formula = parse_docstring(function).formula
    arguments = {"alpha": 1.0, "threshold": 0.5} | DEFAULTS.get(name, {})
    for x in (-3.5, -0.7, -0.2, 0.0, 0.3, 2.0, 6.5):
        expected = value_of(formula, x, **arguments)
        assert float(function(torch.tensor(x))) == pytest.approx(expected, abs=2e-4), f"at {x}: {formula}"


def test_nearly_all_activations_have_a_formula() -> None:
    without = {
        name
        for name in activations.registry.names()
        if not parse_docstring(activations.registry.lookup(name)).formula
    }
    assert without == {"sparsemax", "threshold"}


def test_a_regularizer_has_the_formula_of_its_class_and_no_other() -> None:
    assert parse_docstring(regularizers.L1).formula == "l1 · Σ|w|"
    assert parse_docstring(regularizers.L1).summary.endswith("exactly 0.")
    assert parse_docstring(regularizers.OrthogonalRegularizer).formula == ""
