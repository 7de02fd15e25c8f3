"""Attention layers against the real Keras: outputs, scores, masks, axes, gates, shapes."""

import keras
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from runtime.types import TensorSpec

from .oracle import arrays, assert_same, assert_same_config, pair, share_weights

QUERY, VALUE, KEY = (2, 4, 6), (2, 5, 3), (2, 5, 7)


def same(arguments, inputs, settings=None):
    ours, theirs = pair("MultiHeadAttention", 2, 3, name="mha", **arguments)
    # A built Keras layer writes out which axes it found.
    assert_same_config(ours, theirs)
    outputs = assert_same(ours, theirs, inputs, settings=settings, configs=False)
    return ours, outputs


def qv():
    query, value = arrays(QUERY, VALUE)
    return {"query": query, "value": value}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"use_bias": False},
        {"value_dim": 5, "kernel_regularizer": "l2"},
        {"output_shape": 4},
        {"output_shape": (2, 3), "use_gate": True},
        {"sliding_window": 2},
        {"dropout": 0.3},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "settings", [{}, {"return_attention_scores": True}, {"use_causal_mask": True}], ids=str
)
def test_computes_the_same(arguments, settings):
    ours, outputs = same(arguments, qv(), settings)
    specs = ours.output_spec({"query": TensorSpec((None, 4, 6)), "value": TensorSpec((None, 5, 3))}, settings)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    assert tuple(specs) == ours.output_names(**settings)
    assert [spec.shape[1:] for spec in specs.values()] == [tuple(output.shape[1:]) for output in outputs]


def test_takes_a_key_of_its_own():
    query, value, key = arrays(QUERY, VALUE, KEY)
    same({}, {"query": query, "value": value, "key": key})


MASKS = {
    "2d": torch.rand(2, 4, 5) > 0.5,
    "one for all": torch.rand(1, 4, 5) > 0.5,
    "per head": torch.rand(2, 2, 4, 5) > 0.5,
    "numbers": (torch.rand(2, 4, 5) > 0.5).int(),
    "nothing allowed": torch.zeros(2, 4, 5, dtype=torch.bool),
}


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("scores", [False, True])
@pytest.mark.parametrize("causal", [False, True])
def test_obeys_an_attention_mask(mask, scores, causal):
    settings = {"attention_mask": MASKS[mask], "return_attention_scores": scores, "use_causal_mask": causal}
    same({}, qv(), settings)


@pytest.mark.parametrize("given", ["value_mask", "key_mask"])
def test_obeys_masks_of_steps(given):
    query, value, key = arrays(QUERY, VALUE, KEY)
    same(
        {},
        {"query": query, "value": value, "key": key},
        {given: torch.tensor([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]]).bool()},
    )


@pytest.mark.parametrize("scores", [False, True])
def test_masks_of_embeddings_go_in_and_the_querys_goes_on(scores):
    ids = torch.tensor([[1, 2, 0, 0], [3, 0, 4, 1]])
    outputs = []
    for library in (layers, keras.layers):
        embedding = library.Embedding(5, 6, mask_zero=True)
        attention = library.MultiHeadAttention(2, 3)
        attention(embedding(ids), embedding(ids))
        outputs.append((embedding, attention))
    (our_embedding, ours), (their_embedding, theirs) = outputs
    share_weights(our_embedding, their_embedding), share_weights(ours, theirs)
    x, y = our_embedding(ids), their_embedding(ids)
    mine = ours(x, x, return_attention_scores=scores)
    real = theirs(y, y, return_attention_scores=scores)
    mine, real = (mine, real) if scores else ([mine], [real])
    for one, other in zip(mine, real, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)
    assert mine[0]._keras_mask.tolist() == (ids != 0).tolist()


@pytest.mark.parametrize("axes", [None, 1, 2, (1, 2), (-2,)])
@pytest.mark.parametrize("scores", [False, True])
def test_looks_along_chosen_axes(axes, scores):
    query, value = arrays((2, 3, 4, 5), (2, 3, 4, 5))
    ours, outputs = same(
        {"attention_axes": axes},
        {"query": query, "value": value},
        {"return_attention_scores": scores},
    )
    spec = TensorSpec((None, 3, 4, 5))
    specs = ours.output_spec({"query": spec, "value": spec}, {"return_attention_scores": scores})
    outputs = outputs if scores else (outputs,)
    assert [s.shape[1:] for s in specs.values()] == [tuple(output.shape[1:]) for output in outputs]


def test_obeys_a_mask_along_two_axes():
    query, value = arrays((2, 3, 4, 5), (2, 3, 4, 5))
    mask = torch.rand(2, 3, 4, 3, 4) > 0.4
    same({}, {"query": query, "value": value}, {"attention_mask": mask})
    layer = layers.MultiHeadAttention(2, 3)
    with pytest.raises(ParameterError, match="looks along 2 axes"):
        layer(query, value, use_causal_mask=True)


def test_weights_have_the_paths_and_shapes_of_keras():
    ours, theirs = pair("MultiHeadAttention", 2, 3, use_gate=True, output_shape=(2, 2), name="mha")
    ours(**qv()), theirs(**qv())
    assert [(w.path, tuple(w.shape)) for w in ours.weights] == [
        (w.path, tuple(w.shape)) for w in theirs.weights
    ]
    assert ours.query_dense.kernel.shape == (6, 2, 3)


def test_weights_start_as_widely_as_in_keras():
    """The heads count as outputs: 600 numbers in, 8 × 30 out."""
    for library in (layers, keras.layers):
        layer = library.MultiHeadAttention(8, 30)
        layer.build((None, 4, 600), (None, 4, 600))
        limit = (6 / (600 + 240)) ** 0.5
        for weight in [getattr(weight, "value", weight) for weight in layer.weights[::2]]:
            largest = max(weight.max().item(), -weight.min().item())
            assert limit * 0.99 < largest <= limit


def test_dropout_only_acts_in_training_and_repeats_with_a_seed():
    layer = layers.MultiHeadAttention(2, 3, dropout=0.5, seed=4)
    twin = layers.MultiHeadAttention(2, 3, dropout=0.5, seed=4)
    before = layer(**qv())
    twin(**qv())
    twin.set_weights(layer.get_weights())
    first = layer(**qv(), training=True)
    assert torch.equal(first, twin(**qv(), training=True))
    assert not torch.allclose(first, before)
    assert torch.equal(layer(**qv()), before)


def test_activity_is_penalised_in_every_projection():
    ours, theirs = pair("MultiHeadAttention", 2, 3, activity_regularizer="l2", name="mha")
    assert_same(ours, theirs, qv(), configs=False)
    ours(**qv()), theirs(**qv())
    torch.testing.assert_close(sum(ours.losses), sum(theirs.losses), rtol=1e-5, atol=1e-6)


def test_scores_are_an_output_in_a_graph():
    x = layers.Input((4, 6))
    output, scores = layers.MultiHeadAttention(2, 3)(x, x, return_attention_scores=True)
    assert output.shape == (None, 4, 6)
    assert scores.shape == (None, 2, 4, 4)


def test_ports_and_settings_are_described():
    spec = layers.layer_spec("MultiHeadAttention")
    assert [(port.name, port.optional) for port in spec.inputs] == [
        ("query", False),
        ("value", False),
        ("key", True),
        ("attention_mask", True),
    ]
    assert [setting.name for setting in spec.settings] == ["return_attention_scores", "use_causal_mask"]
    assert all(param.help for param in spec.params)


@pytest.mark.parametrize(
    ("shapes", "port", "message"),
    [
        ([(None, 6), (None, 5, 3)], "query", r"wants batch × steps × features \(3 axes or more\)"),
        ([(None, 4, 6), (None, 5, 3), (None, 6, 3)], "key", "as many steps in key as in value"),
        ([(None, 4, 6), (None, 2, 5, 3)], "value", "query and value that differ at most"),
        ([(None, 4, None), (None, 5, 3)], "query", "number of features"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(shapes, port, message):
    with pytest.raises(ShapeError, match=message) as caught:
        layers.MultiHeadAttention(2, 3).compute_output_shape(*shapes)
    assert caught.value.port == port


@pytest.mark.parametrize(
    ("mask", "fits"),
    [
        ((None, 4, 5), True),
        ((None, 1, 5), True),
        ((4, 5), True),
        ((None, 1, 4, 5), True),
        ((None, 2, 4, 5), True),
        ((None, 5, 4), False),
        ((None, 3, 4, 5), False),
        ((5,), False),
        ((None, 1, 1, 4, 5), False),
    ],
)
def test_masks_that_do_not_fit_are_told_before_anything_runs(mask, fits):
    shapes = {"query": TensorSpec((None, 4, 6)), "value": TensorSpec((None, 5, 3))}
    layer = layers.MultiHeadAttention(2, 3)
    theirs = keras.layers.MultiHeadAttention(2, 3)
    inputs = {**qv(), "attention_mask": torch.ones([size or 2 for size in mask], dtype=torch.bool)}
    if fits:
        layer.output_spec({**shapes, "attention_mask": TensorSpec(mask)})
        assert layer(**inputs).shape == theirs(**inputs).shape
        return
    with pytest.raises(ShapeError, match="an attention mask of batch × 4 × 5") as caught:
        layer.output_spec({**shapes, "attention_mask": TensorSpec(mask)})
    assert caught.value.port == "attention_mask"
    with pytest.raises(ShapeError):
        layer(**inputs)
    with pytest.raises(Exception):  # noqa: B017, PT011 - of torch, inside of Keras
        theirs(**inputs)


def test_what_has_no_meaning_along_two_axes_is_told_before_anything_runs():
    picture = layers.Input((3, 4, 5))
    with pytest.raises(ParameterError, match="looks along 2 axes"):
        layers.MultiHeadAttention(2, 3)(picture, picture, use_causal_mask=True)
    with pytest.raises(ParameterError, match="looks along 2 axes"):
        layers.MultiHeadAttention(2, 3, sliding_window=2)(picture, picture)
    for axes in (4, (1, 1), -5):
        with pytest.raises(ShapeError, match="do not have"):
            layers.MultiHeadAttention(2, 3, attention_axes=axes)(picture, picture)


def test_masks_of_steps_must_fit():
    x = torch.zeros(2, 3, 4, 5)
    layer = layers.MultiHeadAttention(2, 3, attention_axes=2)
    with pytest.raises(
        ShapeError, match="a mask of 2 × 3 × 1, which does not go with its scores of 2 × 3 × 2"
    ):
        layer(x, x, query_mask=torch.ones(2, 3, dtype=torch.bool))
    with pytest.raises(ShapeError, match="wants a mask of 2 × 3 × 4, but gets 2 × 3"):
        layers.Attention()([x, x], mask=[None, torch.ones(2, 3, dtype=torch.bool)])


def test_another_number_of_features_is_refused_once_built():
    layer = layers.MultiHeadAttention(2, 3)
    layer(**qv())
    with pytest.raises(ShapeError, match="was built for 6 features, but gets 5"):
        layer(torch.zeros(2, 4, 5), torch.zeros(2, 5, 3))


def test_flash_attention_has_its_limits():
    with pytest.raises(ParameterError, match="knows no dropout"):
        layers.MultiHeadAttention(2, 3, flash_attention=True, dropout=0.1)
    with pytest.raises(ParameterError, match="cannot return them"):
        layers.MultiHeadAttention(2, 3, flash_attention=True)(**qv(), return_attention_scores=True)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Attention", {}),
        ("Attention", {"use_scale": True}),
        ("Attention", {"score_mode": "concat"}),
        ("Attention", {"score_mode": "concat", "use_scale": True}),
        ("AdditiveAttention", {}),
        ("AdditiveAttention", {"use_scale": False}),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"return_attention_scores": True},
        {"use_causal_mask": True},
        {"mask": [torch.tensor([[1, 1, 0, 0], [1, 0, 1, 1]]).bool(), torch.ones(2, 5).bool()]},
        {"mask": [None, torch.tensor([[1, 1, 0, 0, 0], [0, 0, 0, 0, 0]]).bool()], "use_causal_mask": True},
    ],
    ids=["plain", "scores", "causal", "query masked", "value masked"],
)
def test_comparing_attention_computes_the_same(name, arguments, settings):
    ours, theirs = pair(name, name="attention", **arguments)
    outputs = assert_same(ours, theirs, arrays((2, 4, 6), (2, 5, 6), (2, 5, 6)), settings=settings)
    asked = {key: value for key, value in settings.items() if key != "mask"}
    specs = ours.output_spec({"inputs": [TensorSpec((None, steps, 6)) for steps in (4, 5, 5)]}, asked)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    assert [spec.shape[1:] for spec in specs.values()] == [tuple(output.shape[1:]) for output in outputs]


def test_the_key_of_comparing_attention_may_be_left_out():
    assert_same(*pair("Attention", name="attention"), arrays((2, 4, 6), (2, 5, 6)))


@pytest.mark.parametrize(
    ("shapes", "message"),
    [
        ([(None, 4, 6)], "wants 2 or 3 inputs, but gets 1"),
        ([(None, 4, 6), (None, 5, 7)], "as many features in query as in key"),
        ([(None, 4, 6), (None, 5, 2), (None, 3, 6)], "as many steps in value as in key"),
        ([(None, 4, 6), (None, 6)], "3 axes.* as value"),
        ([(None, 2, 4, 6), (None, 3, 5, 6)], "query and value that differ in steps and features only"),
        ([(None, 4, 6), (None, 4, 6), (None, 3, 4, 6)], "query and key that differ in steps"),
    ],
)
def test_inputs_that_cannot_be_compared_are_refused(shapes, message):
    with pytest.raises(ShapeError, match=message):
        layers.Attention().compute_output_shape(shapes)
