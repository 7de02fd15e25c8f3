"""What others see in our files: Netron's parser in a browser, and h5py alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import pytest

from tests.runtime.saving.zoo import Builder, many_ends, ours, picture_classifier, three_deep, words

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

netron = pytest.importorskip("netron")

# Netron takes eval away from the page, which the browser's driver needs to ask anything of it.
KEEP_EVAL = """
const kept = window.eval;
Object.defineProperty(window, "eval", {get: () => kept, set: () => {}});
"""
IS_SHOWN = "() => window.__view__?.activeTarget && document.body.classList.contains('default')"
NODES = """
() => window.__view__.activeTarget.nodes.map(node => ({
    name: node.name,
    type: node.type.name,
    weights: node.inputs.flatMap(input => (input.value || []).filter(value => value.initializer)
        .map(value => [input.name, value.initializer.type.shape.dimensions.map(Number)])),
    inside: (node.type.nodes || []).map(inner => inner.name),
}))
"""
ENDS = """
() => window.__view__.activeTarget.inputs.map(input => [
    input.name, input.value[0].type.shape.dimensions.map(size => typeof size === "number" ? size : null)
])
"""


@pytest.fixture
def page(browser: "Browser") -> Iterator["Page"]:
    context = browser.new_context()
    page = context.new_page()

    def answer(route: "Route") -> None:
        # Nothing leaves this machine.
        route.continue_() if route.request.url.startswith("http://127.0.0.1:") else route.abort()

    page.route("**/*", answer)
    page.add_init_script(KEEP_EVAL)
    yield page
    context.close()


def opened(page: "Page", file: Path) -> list[Any]:
    """The nodes that Netron shows of a file."""
    host, port = netron.serve(str(file), address=("127.0.0.1", 0))
    try:
        page.context.add_cookies([{"name": "consent", "value": "1", "url": f"http://{host}:{port}"}])
        page.goto(f"http://{host}:{port}")
        page.wait_for_function(IS_SHOWN)
        return page.evaluate(NODES)
    finally:
        netron.stop((host, port))


@pytest.mark.parametrize(
    ("build", "ending"),
    # Netron looks for the weights of recurrent layers in .keras files elsewhere than Keras writes them.
    [(picture_classifier, ".h5"), (many_ends, ".h5"), (words, ".h5"), (many_ends, ".keras")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_netron_shows_the_same_layers(build: Builder, ending: str, page: "Page", tmp_path: Path) -> None:
    model = ours(build)
    model.save(tmp_path / f"m{ending}")
    shown = opened(page, tmp_path / f"m{ending}")
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    assert [(node["name"], node["type"]) for node in shown] == [
        (layer.name, type(layer).__name__) for layer in layers
    ]
    for node, layer in zip(shown, layers, strict=True):
        assert [shape for _, shape in node["weights"]] == [list(weight.shape) for weight in layer.weights]
        assert [name for name, _ in node["weights"]] == [weight.name for weight in layer.weights]
    # It reads the sizes of inputs in .h5 files only.
    assert page.evaluate(ENDS) == [
        [name, list(tensor.shape) if ending == ".h5" else []]
        for name, tensor in zip(model.input_names, model.inputs, strict=True)
    ]


def test_netron_shows_a_model_inside_of_a_model(page: "Page", tmp_path: Path) -> None:
    ours(three_deep).save(tmp_path / "m.h5")
    shown = opened(page, tmp_path / "m.h5")
    assert [(node["name"], node["inside"]) for node in shown] == [
        ("middle", ["middle/deepest", "middle/dense_1"]),
        ("dense_2", []),
    ]


def test_h5py_alone_lists_the_layout(tmp_path: Path) -> None:
    """Groups and attributes of a whole model, as both generations of Keras have written them."""
    model = ours(picture_classifier)
    model.save(tmp_path / "m.h5")
    with h5py.File(tmp_path / "m.h5") as file:
        assert {"model_config", "keras_version", "backend"} <= set(file.attrs)
        config = json.loads(file.attrs["model_config"])
        assert config["config"]["name"] == "picture_classifier"
        group = file["model_weights"]
        assert {"layer_names", "keras_version", "backend"} <= set(group.attrs)
        names = [_text(name) for name in group.attrs["layer_names"]]
        assert names == [layer["config"]["name"] for layer in config["config"]["layers"]]
        listed = {name: [_text(one) for one in group[name].attrs["weight_names"]] for name in names}
        assert {name: [one.split("/")[-1] for one in found] for name, found in listed.items() if found} == {
            "conv2d": ["kernel"],
            "batch_normalization": ["gamma", "beta", "moving_mean", "moving_variance"],
            "conv2d_1": ["kernel", "bias"],
            "dense": ["kernel", "bias"],
        }
        shapes = {path: group[name][path].shape for name, paths in listed.items() for path in paths}
        assert [shapes[path] for path in listed["conv2d_1"]] == [(3, 2, 2, 4), (4,)]
        assert {str(group[name][path].dtype) for name, paths in listed.items() for path in paths} == {
            "float32"
        }
        # There is no data that the attributes do not name.
        found: list[str] = []
        group.visititems(
            lambda path, member: found.append(path) if isinstance(member, h5py.Dataset) else None
        )
        assert sorted(found) == sorted(f"{name}/{path}" for name, paths in listed.items() for path in paths)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
