import math

import numpy as np
import pytest
import torch

from graph_compiler import analyze, lower
from graph_compiler.codegen import keras_code, torch_code
from graph_compiler.codegen.pytorch.loss_calls import loss_call
from graph_compiler.codegen.pytorch.pieces import losses
from graph_compiler.compile_settings import class_of, make_loss, make_metrics, params_of, with_parts
from graph_compiler.document import CompileSettings
from graph_compiler.importers import import_code
from runtime import optimizers
from tests.graph_compiler.designs import mlp


def compiled(**fields):
    document = mlp()
    return document.model_copy(update={"compile": CompileSettings(**fields)})


WITH_PARAMETERS = compiled(
    optimizer="sgd",
    optimizer_params={"momentum": 0.9, "nesterov": True, "clipnorm": 1.5},
    loss="categorical_crossentropy",
    loss_params={"label_smoothing": 0.25},
    metrics=("accuracy", "top_k_categorical_accuracy"),
    metric_params={"top_k_categorical_accuracy": {"k": 2}},
)


def test_a_model_learns_with_the_parameters_of_its_document():
    model = lower(WITH_PARAMETERS, seed=1)
    optimizer = model.optimizer
    assert (optimizer.momentum, optimizer.nesterov, optimizer.clipnorm) == (0.9, True, 1.5)
    assert model.loss.label_smoothing == 0.25
    x, y = np.random.default_rng(1).normal(size=(6, 4)), np.eye(3)[[0, 1, 2, 0, 1, 2]]
    told = model.evaluate(x, y, verbose=0, return_dict=True)
    assert set(told) == {"loss", "accuracy", "top_k_categorical_accuracy"}
    answers = model.predict(x, verbose=0)
    smooth = y * 0.75 + 0.25 / 3
    assert math.isclose(told["loss"], -(smooth * np.log(answers)).sum(-1).mean(), rel_tol=1e-5)
    second = (np.argsort(answers)[:, ::-1][:, :2] == y.argmax(-1)[:, None]).any(-1).mean()
    assert math.isclose(told["top_k_categorical_accuracy"], second, rel_tol=1e-5)


def test_programs_say_the_parameters_and_give_them_back():
    code = keras_code(WITH_PARAMETERS)
    assert "loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.25)" in code
    assert "keras.metrics.TopKCategoricalAccuracy(k=2)" in code
    assert "momentum=0.9" in code
    assert "nesterov=True" in code
    read = import_code(code).document.compile
    for field in ("optimizer_params", "loss_params", "metric_params"):
        assert getattr(read, field) == getattr(WITH_PARAMETERS.compile, field)


@pytest.mark.parametrize(
    ("loss", "params"),
    [
        ("categorical_crossentropy", {"label_smoothing": 0.1}),
        ("categorical_crossentropy", {"from_logits": True, "label_smoothing": 0.1}),
        ("binary_crossentropy", {"label_smoothing": 0.3}),
        ("binary_crossentropy", {"from_logits": True}),
        ("binary_focal_crossentropy", {"gamma": 1.5}),
        ("categorical_focal_crossentropy", {"gamma": 1.0, "alpha": 0.5}),
        ("huber", {"delta": 0.2}),
    ],
)
def test_pytorch_computes_the_same_loss(loss, params):
    document = compiled(loss=loss, loss_params=params, metrics=())
    outputs = torch.rand(5, 3, generator=torch.Generator().manual_seed(1))
    outputs = outputs if params.get("from_logits") else outputs.softmax(-1)
    targets = torch.eye(3)[[0, 1, 2, 1, 0]]
    known = {**vars(losses), "outputs": outputs, "targets": targets}
    found = eval(loss_call(document, "outputs", "targets"), known)
    assert torch.allclose(found, make_loss(document.compile)(targets, outputs), atol=1e-5)
    written = "".join(torch_code(document).split())
    assert "".join(loss_call(document, "outputs", "y").split()) in written


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"optimizer_params": {"beta_1": 1.5}}, "NN402", "Adam(beta_1=…) got 1.5"),
        (
            {"optimizer_params": {"momentum": 0.9}},
            "NN402",
            "The optimizer 'adam' has no parameter 'momentum'.",
        ),
        ({"loss_params": {"axis": "x"}}, "NN414", "SparseCategoricalCrossentropy(axis=…) got 'x'"),
        ({"loss_params": {"delta": 1}}, "NN414", "has no parameter 'delta'."),
        ({"metrics": ("auc",), "metric_params": {"auc": {"curve": "XY"}}}, "NN404", "AUC(curve=…) got 'XY'"),
        ({"metric_params": {"accuracy": {"k": 1}}}, "NN404", "The metric 'accuracy' has no parameters."),
    ],
)
def test_what_cannot_be_is_explained(fields, code, message):
    findings = analyze(compiled(**fields)).errors
    assert [finding.code for finding in findings] == [code]
    assert message in findings[0].message


def test_what_another_choice_has_too_stays():
    settings = with_parts(WITH_PARAMETERS.compile, optimizer="adam", loss="binary_crossentropy", metrics=())
    assert settings.optimizer_params == {"clipnorm": 1.5}
    assert settings.loss_params == {"label_smoothing": 0.25}
    assert settings.metric_params == {}
    assert with_parts(settings, loss="mean_squared_error").loss_params == {}


def test_every_optimizer_says_what_its_parameters_do():
    for name in optimizers.registry.names():
        offered = params_of("optimizers", name)
        assert offered
        assert all(param.help for param in offered)
    assert params_of("losses", "no_such_loss") == ()
    assert class_of("metrics", "mean_absolute_error").__name__ == "MeanAbsoluteError"
    assert make_metrics(CompileSettings(metrics=("mae",))) == ["mae"]
