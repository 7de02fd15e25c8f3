"""PyTorch programs: their style, and that they compute what the designed model computes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from graph_compiler import load_document, lower
from graph_compiler.codegen import torch_code, torch_weights
from graph_compiler.codegen.pytorch.pieces import losses
from graph_compiler.codegen.pytorch.program import class_name
from graph_compiler.document import RenameDocument, SetNote, SetParam, apply
from graph_compiler.instances import instance_of
from runtime.errors import ExportError
from runtime.layers.learning import learner
from runtime.losses import as_loss
from runtime.losses import registry as loss_registry
from tests.graph_compiler.codegen.cases import Case, case_of, random_cases
from tests.graph_compiler.codegen.test_keras import awkward, formatted
from tests.graph_compiler.codegen.torch_runs import BLOCKED, Runs
from tests.graph_compiler.designs import DESIGNS, Sketch, mlp
from tests.graph_compiler.torch_designs import TORCH_DESIGNS
from tests.runtime.drawn import TIMES

GOLDEN = Path(__file__).parents[1] / "golden" / "torch"
TEMPLATES = Path(__file__).parents[3] / "assets" / "templates"
RANDOM = 50
TOLERANCE = 1e-5
RUN_ALL = f"""{BLOCKED}
import os
for path in sys.argv[1:]:
    os.chdir(os.path.dirname(path))
    runpy.run_path(path, run_name="__main__")
    print("ran", path)
"""


@pytest.mark.parametrize("name", DESIGNS)
def test_the_program_is_as_it_was(name):
    assert torch_code(DESIGNS[name]()) == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_there_is_no_golden_program_without_a_design():
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(DESIGNS)


def programs(folder: Path) -> list[Path]:
    for name, design in {**DESIGNS, **TORCH_DESIGNS, "awkward": awkward}.items():
        (folder / f"{name}.py").write_text(torch_code(design()), "utf-8")
    return sorted(folder.glob("*.py"))


def test_the_programs_look_as_a_formatter_leaves_them(tmp_path):
    run = formatted(*programs(tmp_path))
    assert run.returncode == 0, run.stdout
    check = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "E,F,I,B,UP",
        "--ignore",
        "E501",
    ]
    run = subprocess.run([*check, tmp_path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_the_programs_train_and_test_with_torch_alone(tmp_path):
    paths = [path for path in programs(tmp_path) if path.stem in DESIGNS]
    for path in paths:
        np.savez(tmp_path / f"{DESIGNS[path.stem]().name}_weights.npz", **torch_weights(DESIGNS[path.stem]()))
    command = [sys.executable, "-I", "-c", RUN_ALL, *map(str, paths)]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.count("ran ") == len(DESIGNS)
    assert run.stdout.count("epoch 1: loss ") == len(DESIGNS)
    assert len(list(tmp_path.glob("*.pt"))) == len(DESIGNS)


def add_case(runs: Runs, case: Case) -> None:
    """The program of a design, with the weights of its model."""
    weights = torch_weights(case.document, case.model)
    code = torch_code(case.document)
    runs.add(case.name, code, class_name(case.document), weights, case.inputs, case.outputs)


def agree(runs: Runs) -> None:
    wrong = {name: found for name, found in runs.differences().items() if found[0] or found[1] > TOLERANCE}
    assert wrong == {}


def test_programs_of_templates_and_designs_compute_the_same(tmp_path):
    runs = Runs(tmp_path)
    for path in sorted(TEMPLATES.glob("*.json")):
        document = load_document(path.read_text("utf-8"))
        if document.nodes:
            add_case(runs, case_of(path.stem, document))
    for name, design in {**DESIGNS, **TORCH_DESIGNS, "awkward": awkward}.items():
        add_case(runs, case_of(name, design()))
    agree(runs)


def test_programs_of_random_designs_compute_the_same(tmp_path):
    runs = Runs(tmp_path)
    refused: list[str] = []
    for case in random_cases(RANDOM * TIMES):
        try:
            add_case(runs, case)
        except ExportError as error:
            refused.append(error.layer)
    assert len(refused) < 0.1 * len(runs.cases)
    agree(runs)


def test_weights_have_the_names_and_shapes_of_the_program():
    weights = torch_weights(mlp())
    assert {name: array.shape for name, array in weights.items()} == {
        "hidden.weight": (16, 4),
        "hidden.bias": (16,),
        "species.weight": (3, 16),
        "species.bias": (3,),
    }


@pytest.mark.parametrize("name", [name for name in loss_registry.names() if name.islower()])
def test_losses_are_those_of_the_model(name):
    if not hasattr(losses, name):
        assert name in ("circle", "ctc")
        return
    rng = np.random.default_rng(0)
    outputs = torch.softmax(torch.from_numpy(rng.normal(size=(6, 3)).astype("float32")), -1)
    if name in ("sparse_categorical_crossentropy", "categorical_generalized_cross_entropy"):
        targets = torch.from_numpy(rng.integers(3, size=6))
    else:
        targets = torch.eye(3)[rng.integers(3, size=6)]
    loss: Any = as_loss(name) if name != "categorical_generalized_cross_entropy" else as_loss(_class(name))
    mine: Callable[..., torch.Tensor] = getattr(losses, name)
    torch.testing.assert_close(mine(outputs, targets), loss(targets, outputs), rtol=1e-5, atol=1e-6)


def _class(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def test_regularizers_are_in_the_loss_and_the_rest_is_told():
    sketch = Sketch("priced").add("InputLayer", "input", shape=[4])
    prices = {"class_name": "L1L2", "config": {"l1": 0.5, "l2": 0.25}}
    sketch.add("Dense", "one", "input", units=2, kernel_regularizer=prices, kernel_constraint="non_neg")
    code = torch_code(sketch.compiled("mse", metrics=()).document)
    assert "return 0.5 * self.one.weight.abs().sum() + 0.25 * self.one.weight.square().sum()" in code
    assert "mean_squared_error(outputs, y) + model.penalty()" in code
    assert "- one: the constraint NonNeg is left out" in code


@pytest.mark.parametrize(
    ("optimizer", "params", "expected"),
    [
        ("adam", {}, "torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-07)"),
        (
            "adamw",
            {"beta_1": 0.8},
            "AdamW(\n        model.parameters(), lr=0.001, betas=(0.8, 0.999), eps=1e-07",
        ),
        ("sgd", {"momentum": 0.9}, "torch.optim.SGD(model.parameters(), lr=0.001, momentum=0.9)"),
        ("rmsprop", {"clipnorm": 1.5}, "nn.utils.clip_grad_norm_(weight, 1.5)"),
        ("adagrad", {"global_clipnorm": 2.0}, "nn.utils.clip_grad_norm_(model.parameters(), 2.0)"),
        ("adamax", {"weight_decay": 0.5}, "weight *= 1 - 0.0005"),
    ],
)
def test_optimizers_have_kerass_numbers(optimizer, params, expected):
    document = mlp()
    settings = document.compile.model_copy(update={"optimizer": optimizer, "optimizer_params": params})
    assert expected in torch_code(document.model_copy(update={"compile": settings}))


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ({"optimizer": "ftrl"}, "PyTorch has no optimizer that computes as Ftrl does"),
        ({"loss": "ctc"}, "The loss 'ctc' is not written in PyTorch"),
        ({"optimizer_params": {"use_ema": True}}, "The optimizer's use_ema is not written in PyTorch"),
        ({"loss_params": {"ignore_class": 1}}, "parameter ignore_class of the loss .* is not written"),
    ],
)
def test_a_way_of_training_torch_has_not_is_refused(update, message):
    document = mlp()
    settings = document.compile.model_copy(update=update)
    with pytest.raises(ExportError, match=message):
        torch_code(document.model_copy(update={"compile": settings}))


def test_a_layer_without_a_form_is_named_with_the_reason():
    sketch = Sketch().add("InputLayer", "words", shape=[], dtype="string")
    sketch.add("Hashing", "hashed", "words", num_bins=3).add("Dense", "one", "words", units=1)
    document, _ = apply(mlp(), SetParam(node="hidden", param="dtype", value="float16"))
    with pytest.raises(
        ExportError, match="Dense 'hidden' cannot be written in PyTorch: it computes in float16"
    ):
        torch_code(document)
    sketch = Sketch().add("InputLayer", "picture", shape=[8, 8, 3])
    sketch.add("ContrastLimitedAdaptiveHistogramEqualization", "clear", "picture")
    with pytest.raises(
        ExportError, match="'clear' cannot be written in PyTorch: it counts the shades"
    ) as caught:
        torch_code(sketch.compiled("mse", metrics=()).document)
    assert caught.value.layer == "clear"


def test_a_documents_text_never_becomes_code():
    document = mlp()
    evil = '"""\nraise SystemExit\n"""'
    for edit in (RenameDocument(name=evil), SetNote(node="hidden", note=f"x\n{evil}\rraise SystemExit\x0c")):
        document, _ = apply(document, edit)
    scope: dict[str, Any] = {}
    exec(torch_code(document), scope)
    assert scope["RaiseSystemExit"]().hidden.in_features == 4


def test_layers_that_learn_carry_what_they_learnt_with_the_weights():
    model = lower(DESIGNS["learning"](), seed=0, compile=False)
    layer = model.get_layer("scaled_facts")
    assert learner(instance_of(DESIGNS["learning"]().nodes["scaled_facts"]).layer)
    layer.adapt(np.arange(20, dtype="float32").reshape(4, 5))
    model.get_layer("areas").adapt(np.arange(8, dtype="float32").reshape(4, 2))
    weights = torch_weights(DESIGNS["learning"](), model)
    assert weights["scaled_facts_mean"].tolist() == [[7.5, 8.5, 9.5, 10.5, 11.5]]
    assert weights["areas_boundaries"].shape == (3,)
