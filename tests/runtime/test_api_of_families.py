"""Each public name of Keras's families is here, with its arguments and defaults, or left out for a reason."""

import importlib
import importlib.util
import inspect
import json
import re
from pathlib import Path

import pytest

import runtime

# Name → names, as Keras 3.15 lists its public API.
API = json.loads(Path(__file__).with_name("keras_api.json").read_text())["names"]
WITH_SIGNATURES = [
    "activations",
    "callbacks",
    "constraints",
    "dtype_policies",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "optimizers",
    "optimizers.schedules",
    "regularizers",
]
README = Path(runtime.__file__).with_name("README.md")
OTHER_SIGNATURE = {
    "optimizers.Optimizer": "Keras's is chosen by the backend and only passes its arguments on",
}
METHODS = ("get", "serialize", "deserialize")


def left_out():
    """Path → reason, from the table in the README; an empty first cell repeats the family above."""
    reasons, family = {}, ""
    table = README.read_text().partition("## What Keras has and this has not")[2]
    for row in re.findall(r"^\|(.*)\|(.*)\|(.*)\|$", table, re.MULTILINE)[2:]:
        family = row[0].strip().strip("`") or family
        reasons |= {f"{family}.{name}": row[2].strip() for name in re.findall(r"`(\w+)`", row[1])}
    return reasons


LEFT_OUT = left_out()


def module_of(family, library):
    return importlib.import_module(library if family == "keras" else f"{library}.{family}")


NAMES = [f"{family}.{name}" for family, names in API.items() for name in names]
SIGNATURES = [
    name
    for name in NAMES
    if name.rpartition(".")[0] in WITH_SIGNATURES
    and name not in OTHER_SIGNATURE
    and name.rpartition(".")[2] not in METHODS
    # Those of layers are held to Keras's by the contract of layers.
    and not name.startswith("layers.")
]


def is_left_out(path):
    return path in LEFT_OUT or f"{path.rpartition('.')[0]}.all" in LEFT_OUT


def ours_and_theirs(path):
    family, _, name = path.rpartition(".")
    return getattr(module_of(family, "runtime"), name, None), getattr(module_of(family, "keras"), name)


@pytest.mark.parametrize("path", NAMES)
def test_each_name_of_keras_is_here_or_left_out_for_a_reason(path):
    family, _, name = path.rpartition(".")
    if f"{family}.all" in LEFT_OUT:
        assert importlib.util.find_spec(f"runtime.{family}") is None, "it is here: take it off the list"
        return
    ours = getattr(module_of(family, "runtime"), name, None)
    if path in LEFT_OUT:
        assert ours is None, "it is here: take it off the list"
    else:
        assert ours is not None
        if family in WITH_SIGNATURES and name not in METHODS:
            theirs = getattr(module_of(family, "keras"), name)
            name = getattr(ours, "_class_in_files", "") or getattr(ours, "__name__", "")
            assert name.rpartition(".")[2] == theirs.__name__.rpartition(".")[2]


@pytest.mark.parametrize("family", API)
def test_the_list_is_that_of_the_installed_keras(family):
    module = module_of(family, "keras")
    there = {name for name in dir(module) if name[0] != "_" and not inspect.ismodule(getattr(module, name))}
    assert there <= set(API[family])
    assert all(hasattr(module, name) for name in API[family])


@pytest.mark.parametrize("path", [name for name in SIGNATURES if not is_left_out(name)])
def test_arguments_and_defaults_are_those_of_keras(path):
    ours, theirs = ours_and_theirs(path)
    if inspect.ismodule(theirs):
        return
    mine, their = (
        [(one.name, one.default) for one in inspect.signature(member).parameters.values()]
        for member in (ours, theirs)
    )
    assert mine == their


@pytest.mark.parametrize("path", [name for name in SIGNATURES if not is_left_out(name)])
def test_every_argument_is_annotated_and_explained(path):
    ours, _ = ours_and_theirs(path)
    if inspect.ismodule(ours):
        return
    text = (
        "".join(base.__doc__ or "" for base in inspect.getmro(ours))
        if isinstance(ours, type)
        else ours.__doc__
    )
    for parameter in inspect.signature(ours).parameters.values():
        assert parameter.annotation is not parameter.empty, parameter.name
        if isinstance(ours, type) and parameter.kind is not parameter.VAR_KEYWORD:
            assert f"{parameter.name}:" in text, parameter.name


def test_the_list_of_what_is_left_out_holds_names_of_keras_only():
    families = {f"{family}.all" for family in API}
    assert set(LEFT_OUT) | set(OTHER_SIGNATURE) <= set(NAMES) | families
    assert all(LEFT_OUT.values())
