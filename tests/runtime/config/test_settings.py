"""Settings a program makes once: they reach layers, losses, training and the terminal."""

import logging

import keras
import numpy as np
import pytest
import torch

import runtime
from runtime import config, layers
from runtime.errors import LayerloomError, ParameterError, RefusedError
from runtime.formats import DTYPES
from runtime.promotion import result_type


@pytest.fixture(autouse=True)
def as_in_a_new_program():
    yield
    for library in (runtime, keras):
        library.config.set_floatx("float32")
        library.config.set_epsilon(1e-7)
        library.config.set_image_data_format("channels_last")
        library.utils.clear_session()
    config.set_max_epochs(None)
    config.set_max_steps_per_epoch(None)
    config.disable_traceback_filtering()


def small_model(**compiled):
    model = runtime.Sequential([runtime.Input((3,)), layers.Dense(2)])
    model.compile(loss="mse", **compiled)
    return model


DATA = (np.ones((40, 3)), np.ones((40, 2)))


@pytest.mark.parametrize("floatx", ["float64", "float16", "bfloat16"])
def test_the_usual_element_type(floatx):
    kinds = []
    for library in (runtime, keras):
        library.utils.clear_session()
        library.config.set_floatx(floatx)
        layer = library.layers.Dense(2)
        symbolic = library.Input((3,))
        layer(symbolic)
        names = (symbolic.dtype, layer.dtype, layer.compute_dtype, layer.kernel.dtype)
        more = (library.losses.MeanSquaredError().dtype, library.metrics.Mean().dtype)
        kinds.append([str(name).rpartition(".")[2] for name in names + more])
    assert kinds[0] == kinds[1]
    assert runtime.initializers.Zeros()((2,)).dtype == getattr(torch, floatx)


def test_models_of_float64_compute_in_it():
    config.set_floatx("float64")
    runtime.utils.clear_session()
    model = small_model(optimizer="adam")
    history = model.fit(*DATA, epochs=2, verbose=0).history["loss"]
    assert history[1] < history[0]
    assert model.predict(DATA[0], verbose=0).dtype == np.float64
    exact = DATA[0] @ model.layers[0].kernel.detach().numpy() + model.layers[0].bias.detach().numpy()
    np.testing.assert_allclose(model.predict(DATA[0], verbose=0), exact, rtol=1e-14)


def test_the_policy_stays_once_it_was_asked_for_as_in_keras():
    for library in (runtime, keras):
        library.utils.clear_session()
        assert library.layers.Dense(2).dtype == "float32"
        library.config.set_floatx("float64")
        assert library.layers.Dense(2).dtype == "float32"
        library.utils.clear_session()
        assert library.layers.Dense(2).dtype == "float64"


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (config.set_floatx, "float31"),
        (config.set_epsilon, -1),
        (config.set_image_data_format, "channels"),
        (config.set_max_epochs, 0),
        (config.set_backend, "jax"),
        (config.set_dtype_policy, "mixed_float8"),
    ],
)
def test_wrong_settings_are_told(call, value):
    with pytest.raises(ParameterError):
        call(value)


def test_what_is_always_so():
    assert config.backend() == runtime.backend.backend() == "torch"
    assert config.is_nnx_enabled() is False
    with pytest.raises(RefusedError, match="never executed"):
        config.enable_unsafe_deserialization()


LAYOUTS = [
    ("Conv2D", (4, 3), (2, 5, 6, 7)),
    ("Conv1D", (4, 3), (2, 5, 6)),
    ("DepthwiseConv2D", (3,), (2, 5, 6, 7)),
    ("MaxPooling2D", (), (2, 5, 6, 7)),
    ("GlobalAveragePooling2D", (), (2, 5, 6, 7)),
    ("UpSampling2D", (), (2, 5, 6, 7)),
    ("ZeroPadding2D", (), (2, 5, 6, 7)),
    ("Cropping2D", (), (2, 5, 6, 7)),
    ("Flatten", (), (2, 5, 6, 7)),
    ("Resizing", (4, 4), (2, 3, 6, 7)),
    ("SpatialDropout2D", (0.5,), (2, 5, 6, 7)),
]


@pytest.mark.parametrize(("name", "given", "shape"), LAYOUTS)
def test_layers_take_the_place_of_the_channels(name, given, shape):
    for library in (runtime, keras):
        library.config.set_image_data_format("channels_first")
    ours, theirs = (getattr(library.layers, name)(*given) for library in (runtime, keras))
    assert ours.data_format == theirs.data_format == "channels_first"
    assert ours.get_config()["data_format"] == theirs.get_config()["data_format"]
    pictures = np.random.default_rng(0).normal(size=shape).astype("float32")
    assert tuple(ours(pictures).shape) == tuple(theirs(pictures).shape)
    if ours.weights:
        theirs.set_weights(ours.get_weights())
    found, expected = (layer(pictures).detach().numpy() for layer in (ours, theirs))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    config.set_image_data_format("channels_last")
    assert type(ours).from_config(ours.get_config()).data_format == "channels_first"


def test_limits_of_epochs_and_steps():
    model = small_model(optimizer="sgd")
    config.set_max_epochs(2)
    config.set_max_steps_per_epoch(3)
    with pytest.warns(UserWarning, match=r"Only \d"):
        history = model.fit(*DATA, epochs=5, batch_size=4, verbose=0)
    assert len(history.history["loss"]) == 2
    assert model.optimizer.iterations == 6
    with pytest.warns(UserWarning, match="Only 3 batches"):
        assert len(model.predict(DATA[0], batch_size=4, verbose=0)) == 12


def test_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setattr("runtime.switches._limits", {})
    monkeypatch.setenv("KERAS_MAX_EPOCHS", "3")
    assert config.max_epochs() == 3
    assert config.max_steps_per_epoch() is None


def test_messages_go_to_logging(capsys, caplog):
    model = small_model(optimizer="sgd")
    model.fit(*DATA, verbose=2)
    assert "loss" in capsys.readouterr().out
    config.disable_interactive_logging()
    with caplog.at_level(logging.INFO, logger="runtime"):
        model.fit(*DATA, verbose=2)
    assert not capsys.readouterr().out
    assert "loss" in caplog.text
    config.enable_interactive_logging()


def test_tracebacks_show_the_users_own_lines():
    class Broken(layers.Layer):
        def call(self, inputs):
            return inputs.no_such_thing

        def compute_output_shape(self, input_shape):
            return input_shape

    model = runtime.Sequential([runtime.Input((3,)), Broken()])
    names = {}
    for switch in (config.disable_traceback_filtering, config.enable_traceback_filtering):
        switch()
        with pytest.raises(AttributeError) as caught:
            model.predict(DATA[0], verbose=0)
        names[config.is_traceback_filtering_enabled()] = [str(entry.path) for entry in caught.traceback]
    assert any("runtime/models" in name for name in names[False])
    assert not any("runtime/models" in name for name in names[True])
    assert names[True][-1] == __file__


def test_flash_attention_switch():
    config.disable_flash_attention()
    assert config.is_flash_attention_enabled() is False
    assert not torch.backends.cuda.flash_sdp_enabled()
    config.enable_flash_attention()
    assert config.is_flash_attention_enabled() is keras.config.is_flash_attention_enabled() is None


@pytest.mark.parametrize("floatx", ["float32", "bfloat16"])
def test_promotion_of_element_types(floatx):
    kinds = [int, float, None, *DTYPES]
    for library in (runtime, keras):
        library.config.set_floatx(floatx)
    assert result_type() == keras.backend.result_type()
    for one in kinds:
        for other in kinds:
            assert result_type(one, other) == keras.backend.result_type(one, other), (one, other)


def test_names_are_counted_as_in_keras():
    for library in (runtime, keras):
        library.utils.clear_session()
        assert [library.backend.get_uid("thing") for _ in range(3)] == [1, 2, 3]


def test_devices_and_scopes():
    with runtime.device("cpu"), runtime.name_scope("outer"):
        layer = layers.Dense(2, name="inside")
        layer.build((None, 3))
    assert layer.kernel.path == "outer/inside/kernel"
    assert layer.path == "outer/inside"
    with pytest.raises(LayerloomError), runtime.device("abacus"):
        pass
    with pytest.raises(ParameterError), runtime.name_scope("a/b"):
        pass
