"""Where recurrent layers trip programs up: each trap by itself, against the real Keras."""

import itertools

import keras
import numpy as np
import pytest
import torch

from runtime import layers
from runtime.errors import ParameterError, ShapeError
from runtime.models import Model, Sequential

from .oracle import arrays, assert_same, share_weights

KINDS = ["LSTM", "GRU", "SimpleRNN"]
X = arrays((5, 5, 4))
# Padding behind, padding in front, holes, nothing masked, all masked.
MASK = torch.tensor(
    [[1, 1, 1, 0, 0], [0, 0, 1, 1, 1], [1, 0, 1, 0, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]]
).bool()
STATES = [torch.tensor(state) for state in arrays((5, 3), (5, 3), (5, 3), (5, 3), seed=3)]


def same(make, inputs=X, **settings):
    """Fails unless what is made of both libraries computes the same, forward and backward."""
    ours, theirs = make(layers), make(keras.layers)
    training = settings.pop("training", False)
    return assert_same(ours, theirs, inputs, settings=settings, training=training, configs=False)


def masks_of(outputs):
    flat = list(outputs) if isinstance(outputs, list | tuple) else [outputs]
    return [None if (mask := getattr(one, "_keras_mask", None)) is None else mask.tolist() for one in flat]


def models(library):
    return (Sequential, Model) if library is layers else (keras.Sequential, keras.Model)


class TestMasks:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("zero", [False, True])
    @pytest.mark.parametrize("go_backwards", [False, True])
    def test_a_cell_in_an_rnn(self, kind, zero, go_backwards):
        outputs = same(
            lambda lib: lib.RNN(
                getattr(lib, f"{kind}Cell")(3, name="c"),
                return_sequences=True,
                return_state=True,
                go_backwards=go_backwards,
                zero_output_for_mask=zero,
                name="r",
            ),
            mask=MASK,
        )
        assert masks_of(outputs)[:2] == [MASK.tolist(), None]

    @pytest.mark.parametrize("kind", KINDS)
    def test_unrolled(self, kind):
        same(
            lambda lib: getattr(lib, kind)(
                3, unroll=True, return_sequences=True, return_state=True, name="r"
            ),
            mask=MASK,
        )

    @pytest.mark.parametrize("zero", [False, True])
    def test_stacked_cells(self, zero):
        same(
            lambda lib: lib.RNN(
                [lib.LSTMCell(3, name="a"), lib.GRUCell(2, name="b")],
                return_sequences=True,
                return_state=True,
                zero_output_for_mask=zero,
                name="r",
            ),
            mask=MASK,
        )

    @pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave", None])
    @pytest.mark.parametrize("return_sequences", [False, True])
    def test_both_directions(self, merge_mode, return_sequences):
        outputs = same(
            lambda lib: lib.Bidirectional(
                lib.LSTM(3, return_sequences=return_sequences, return_state=True, name="r"),
                merge_mode=merge_mode,
                name="b",
            ),
            mask=MASK,
        )
        places = 1 if merge_mode else 2
        assert masks_of(outputs)[:places] == [MASK.tolist() if return_sequences else None] * places

    def test_both_directions_of_a_cell(self):
        same(
            lambda lib: lib.Bidirectional(lib.RNN(lib.GRUCell(3, name="c"), return_sequences=True), name="b"),
            mask=MASK,
        )

    def test_step_by_step(self):
        outputs = same(lambda lib: lib.TimeDistributed(lib.Dense(3, name="d"), name="t"), mask=MASK)
        assert masks_of(outputs) == [MASK.tolist()]

    def test_sequences_in_sequences(self):
        inside = torch.tensor(np.random.default_rng(0).random((2, 3, 4)) > 0.4)
        same(
            lambda lib: lib.TimeDistributed(lib.LSTM(3, return_sequences=True, name="r"), name="t"),
            arrays((2, 3, 4, 5)),
            mask=inside,
        )


IDS = np.array([[1, 2, 0, 0], [0, 3, 0, 4], [0, 0, 0, 0]])
STEPS = {
    "Dropout": lambda lib: lib.Dropout(0.5),
    "Dense": lambda lib: lib.Dense(3),
    "Activation": lambda lib: lib.Activation("tanh"),
    "ReLU": lambda lib: lib.ReLU(),
    "BatchNormalization": lambda lib: lib.BatchNormalization(),
    "LayerNormalization": lambda lib: lib.LayerNormalization(),
    "Flatten": lambda lib: lib.Flatten(),
    "Conv1D": lambda lib: lib.Conv1D(2, 1),
    "GlobalAveragePooling1D": lambda lib: lib.GlobalAveragePooling1D(),
    "GlobalMaxPooling1D": lambda lib: lib.GlobalMaxPooling1D(),
    "SpatialDropout1D": lambda lib: lib.SpatialDropout1D(0.5),
    "TimeDistributed": lambda lib: lib.TimeDistributed(lib.Dense(2)),
    "LSTM": lambda lib: lib.LSTM(2),
    "LSTM of all steps": lambda lib: lib.LSTM(2, return_sequences=True),
    "Bidirectional": lambda lib: lib.Bidirectional(lib.GRU(2, return_sequences=True)),
    "Masking": lambda lib: lib.Masking(0.5),
}
JOINTS = ["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate"]


@pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask:UserWarning")
class TestMasksGoOn:
    @pytest.mark.parametrize("step", list(STEPS))
    @pytest.mark.parametrize("in_graph", [False, True])
    def test_through_a_layer(self, step, in_graph):
        def run(library):
            torch.manual_seed(0)
            ids = library.Input((4,), dtype="int32")
            parts = [library.Embedding(5, 3, mask_zero=True), STEPS[step](library)]
            whole = models(library)[1](ids, parts[1](parts[0](ids)))
            whole.set_weights([np.full(weight.shape, 0.3) for weight in whole.weights])
            tensor = torch.tensor(IDS)
            return whole(tensor) if in_graph else parts[1](parts[0](tensor))

        mine, real = run(layers), run(keras.layers)
        torch.testing.assert_close(mine, real, rtol=1e-5, atol=1e-6, equal_nan=True)
        assert masks_of(mine) == masks_of(real)

    @pytest.mark.parametrize("joint", JOINTS)
    @pytest.mark.parametrize("both", [False, True])
    def test_where_two_meet(self, joint, both):
        def run(library):
            a, b = library.Input((4,), dtype="int32"), library.Input((4, 3))
            left = library.Embedding(5, 3, mask_zero=True, embeddings_initializer="ones")(a)
            right = library.Masking()(b) if both else library.Identity()(b)
            joined = getattr(library, joint)()([left, right])
            sequences = library.SimpleRNN(2, return_sequences=True, kernel_initializer="ones")
            whole = models(library)[1]([a, b], sequences(joined))
            whole.set_weights([np.full(weight.shape, 0.2) for weight in whole.weights])
            other = torch.tensor(arrays((3, 4, 3)))
            other[:, 1] = 0
            return whole([torch.tensor(IDS), other])

        mine, real = run(layers), run(keras.layers)
        torch.testing.assert_close(mine, real, rtol=1e-5, atol=1e-6)
        assert masks_of(mine) == masks_of(real)

    @pytest.mark.parametrize("said", [None, True, False])
    def test_through_a_layer_of_ones_own(self, said):
        def run(library):
            class Mine(library.Layer):
                def __init__(self):
                    super().__init__()
                    if said is not None:
                        self.supports_masking = said

                def call(self, inputs):
                    return inputs * 2

            return Mine()(library.Embedding(5, 3, mask_zero=True)(torch.tensor(IDS)))

        assert masks_of(run(layers)) == masks_of(run(keras.layers))

    def test_from_a_layer_of_ones_own(self):
        def run(library):
            class Mine(library.Layer):
                def call(self, inputs):
                    return inputs + 0

                def compute_mask(self, inputs, mask=None):
                    return inputs[..., 0] > 0

                def compute_output_shape(self, input_shape):
                    return input_shape

            x = library.Input((5, 4))
            layer = library.GRU(2, return_sequences=True)
            whole = models(library)[1](x, layer(Mine()(x)))
            whole.set_weights([np.full(weight.shape, 0.2) for weight in whole.weights])
            return whole(torch.tensor(X))

        mine, real = run(layers), run(keras.layers)
        torch.testing.assert_close(mine, real, rtol=1e-5, atol=1e-6)
        assert masks_of(mine) == masks_of(real)

    def test_a_mask_given_to_the_call_goes_on_like_one_that_rides(self):
        layer = layers.GRU(2, return_sequences=True)
        assert masks_of(layer(X, mask=MASK)) == [MASK.tolist()]
        x, mask = layers.Input((5, 4)), layers.Input((5,), dtype="bool")
        model = Model([x, mask], layers.GRU(2)(layer(x, mask=mask)))
        outputs = model([torch.tensor(X), MASK])
        torch.testing.assert_close(outputs, model.layers[-1](layer(X, mask=MASK)))


class TestState:
    @pytest.mark.parametrize("kind", KINDS)
    def test_goes_on_from_batch_to_batch_of_predict(self, kind):
        def model(library):
            return models(library)[0](
                [
                    library.Input(batch_shape=(2, 3, 4)),
                    getattr(library, kind)(3, stateful=True, return_sequences=True, name="a"),
                    library.Bidirectional(getattr(library, kind)(2, stateful=True, name="b"), name="c"),
                ]
            )

        ours, theirs = model(layers), model(keras.layers)
        share_weights_by_place(ours, theirs)
        x = arrays((6, 3, 4))
        for _ in range(2):
            mine, real = (one.predict(x, batch_size=2, verbose=0) for one in (ours, theirs))
            np.testing.assert_allclose(mine, real, rtol=1e-5, atol=1e-6)
        again = ours.predict(x, batch_size=2, verbose=0)
        for one in (ours, theirs):
            for layer in one.layers:
                if hasattr(layer, "reset_states"):
                    layer.reset_states()
        mine, real = (one.predict(x, batch_size=2, verbose=0) for one in (ours, theirs))
        np.testing.assert_allclose(mine, real, rtol=1e-5, atol=1e-6)
        assert not np.allclose(mine, again)

    def test_goes_on_in_training(self):
        """Keras on torch fails here, having written over a state that the gradient needs."""
        inputs = [layers.Input(batch_shape=(2, 3, 4)), layers.LSTM(3, stateful=True), layers.Dense(1)]
        model = Sequential(inputs)
        model.compile("sgd", "mse")
        x, y = arrays((6, 3, 4), (6, 1))
        model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0)
        first = model.predict(x[:2], batch_size=2, verbose=0)
        assert not np.allclose(first, model.predict(x[:2], batch_size=2, verbose=0))

    def test_another_number_of_sequences_is_told(self):
        layer = layers.LSTM(3, stateful=True, name="r")
        layer(X)
        with pytest.raises(ShapeError, match="keeps the state of 5 sequences, but gets 2"):
            layer(X[:2])
        layer.reset_states()
        assert layer(X[:2]).shape == (2, 3)

    def test_only_layers_with_a_state_can_forget_it(self):
        """Neither models nor other layers have the method in Keras 3."""
        for library, model in ((layers, Model), (keras.layers, keras.Model)):
            found = [
                hasattr(one, name)
                for one in (model, library.Dense(2), library.LSTM(2), library.Bidirectional(library.GRU(2)))
                for name in ("reset_state", "reset_states")
            ]
            assert found == [False] * 4 + [True] * 4

    @pytest.mark.parametrize("kind", KINDS)
    def test_is_wired_from_one_layer_to_another(self, kind):
        def model(library):
            x, y = library.Input((5, 4)), library.Input((3, 4))
            _, *states = getattr(library, kind)(3, return_state=True, name="a")(x)
            decoded = getattr(library, kind)(3, return_sequences=True, go_backwards=True, name="b")(
                y, initial_state=states
            )
            return models(library)[1]([x, y], decoded)

        ours, theirs = model(layers), model(keras.layers)
        share_weights(ours, theirs)
        data = [torch.tensor(one) for one in arrays((2, 5, 4), (2, 3, 4))]
        torch.testing.assert_close(ours(data), theirs(data), rtol=1e-5, atol=1e-6)

    def test_of_both_directions_begins_where_it_is_told(self):
        same(
            lambda lib: lib.Bidirectional(lib.LSTM(3, return_sequences=True, name="r"), name="b"),
            {"sequences": X, "initial_state": [state.numpy() for state in STATES]},
        )

    def test_of_stacked_cells_comes_and_goes_by_cell(self):
        def make(lib):
            return lib.RNN([lib.LSTMCell(3, name="a"), lib.GRUCell(3, name="b")], return_state=True, name="r")

        ours, theirs = make(layers), make(keras.layers)
        assert ours.compute_output_shape((5, 5, 4)) == theirs.compute_output_shape((5, 5, 4))
        x, real_x = layers.Input((5, 4)), keras.Input((5, 4))
        output, (hidden, carry), state = ours(x)
        theirs(real_x)
        model = Model(x, ours(x, initial_state=[[hidden, carry], state])[0])
        share_weights(ours, theirs)
        states = [[STATES[0], STATES[1]], STATES[2]]
        mine, (h, c), s = ours(X, initial_state=states)
        real, (real_h, real_c), real_s = theirs(X, initial_state=states)
        for one, other in zip((mine, h, c), (real, real_h, real_c), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)
        torch.testing.assert_close(s, real_s, rtol=1e-5, atol=1e-6)
        _, (h, c), s = ours(X)
        torch.testing.assert_close(model(torch.tensor(X)), ours(X, initial_state=[[h, c], s])[0])
        assert output.shape == (None, 3)


def share_weights_by_place(ours, theirs):
    """Keras counts kept states among the weights that are not trained; here they are none."""
    random = np.random.default_rng(0)
    for mine, real in zip(ours.trainable_weights, theirs.trainable_weights, strict=True):
        value = random.uniform(-0.7, 0.7, real.shape).astype("float32")
        mine.assign(value)
        real.assign(value)


class TestDropout:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("which", ["dropout", "recurrent_dropout"])
    def test_of_everything_does_what_keras_does(self, kind, which):
        same(lambda lib: getattr(lib, kind)(3, name="r", **{which: 1.0}), training=True)

    @pytest.mark.parametrize("library", ["ours", "keras"])
    def test_drops_the_same_inputs_at_all_steps(self, library):
        """Steps are equal, and there is no state: so the sums are, whatever was dropped."""
        lib = layers if library == "ours" else keras.layers
        layer = lib.SimpleRNN(1, activation=None, dropout=0.5, return_sequences=True, use_bias=False)
        x = np.ones((40, 6, 3), "float32")
        layer(x)
        layer.set_weights([np.array([[1], [10], [100]], "float32"), np.zeros((1, 1), "float32")])
        outputs = layer(x, training=True)
        assert torch.equal(outputs, outputs[:, :1].expand_as(outputs))
        assert len(outputs[:, 0].unique()) > 1

    @pytest.mark.parametrize("kind", KINDS)
    def test_keeps_the_mean_as_in_keras(self, kind):
        means = []
        for library in (layers, keras.layers):
            layer = getattr(library, kind)(
                4, dropout=0.3, recurrent_dropout=0.4, seed=2, kernel_initializer="ones", name="r"
            )
            x = np.full((3000, 3, 2), 0.1, "float32")
            layer(x)
            layer.set_weights([np.full(weight.shape, 0.2) for weight in layer.weights])
            with torch.no_grad():
                outputs = layer(x, training=True)
            means.append((outputs.mean().item(), outputs.std().item()))
        assert means[0] == pytest.approx(means[1], rel=0.05)


class Pair:
    """A cell with two states, an output of another size, and a start that is not zero."""

    @staticmethod
    def of(library):
        class Cell(library.Layer):
            def __init__(self):
                super().__init__(name="pair")
                self.state_size = [3, 2]
                self.output_size = 5

            def build(self, input_shape):
                self.first = self.add_weight(shape=(input_shape[-1], 3), name="first")
                self.second = self.add_weight(shape=(3, 2), name="second")

            def call(self, inputs, states):
                one = torch.tanh(inputs @ self.first + states[0])
                two = torch.tanh(one @ self.second - states[1])
                return torch.cat([one, two], -1), [one, two]

            def get_initial_state(self, batch_size=None):
                return [torch.full((batch_size, 3), 0.5), torch.full((batch_size, 2), -0.5)]

        return Cell()


class TestCellsOfOnesOwn:
    @pytest.mark.parametrize("return_sequences", [False, True])
    @pytest.mark.parametrize("mask", [None, MASK], ids=["no mask", "mask"])
    def test_two_states_and_another_size(self, return_sequences, mask):
        def make(lib):
            return lib.RNN(Pair.of(lib), return_sequences=return_sequences, return_state=True, name="r")

        same(make, **({} if mask is None else {"mask": mask}))
        mine, real = (make(lib).compute_output_shape((5, 5, 4)) for lib in (layers, keras.layers))
        assert mine == real

    def test_in_a_stack_the_start_of_each_cell_counts(self):
        same(lambda lib: lib.RNN([Pair.of(lib), lib.GRUCell(2, name="g")], return_sequences=True, name="r"))

    def test_a_single_state_without_a_list(self):
        def make(lib):
            class Cell(lib.Layer):
                state_size = 4

                def call(self, inputs, states):
                    return inputs + states[0], inputs - states[0]

            return lib.RNN(Cell(), return_sequences=True, return_state=True, name="r")

        same(make, mask=MASK)

    def test_the_training_flag_reaches_the_cell(self):
        def make(lib):
            class Cell(lib.Layer):
                state_size = 4

                def call(self, inputs, states, training=False):
                    return inputs * (2.0 if training else 1.0), states

            return lib.RNN(Cell(), return_sequences=True, name="r")

        for training, library in itertools.product((False, True), (layers, keras.layers)):
            factor = 2 if training else 1
            np.testing.assert_allclose(make(library)(X, training=training), X * factor)


class TestTwoDirections:
    @pytest.mark.parametrize("merge_mode", ["concat", "sum", "mul", "ave", None])
    def test_a_backward_layer_of_ones_own(self, merge_mode):
        same(
            lambda lib: lib.Bidirectional(
                lib.LSTM(3, return_sequences=True, name="f"),
                merge_mode=merge_mode,
                backward_layer=lib.GRU(
                    3, return_sequences=True, go_backwards=True, reset_after=False, name="g"
                ),
                name="b",
            )
        )

    def test_two_sizes_beside_each_other(self):
        def make(lib):
            return lib.Bidirectional(
                lib.LSTM(3, name="f"), backward_layer=lib.LSTM(2, go_backwards=True, name="g"), name="b"
            )

        same(make)
        # Keras says twice the size of the forward layer.
        assert make(layers).compute_output_shape((None, 5, 4)) == (None, 5)

    def test_two_of_one_direction_are_refused(self):
        for library, error in ((layers, ParameterError), (keras.layers, ValueError)):
            with pytest.raises(error, match=r"direction|go_backwards"):
                library.Bidirectional(library.LSTM(2), backward_layer=library.LSTM(2))


class TestStepByStep:
    @pytest.mark.parametrize("training", [False, True])
    def test_a_model_at_each_step(self, training):
        def make(lib):
            inside = [lib.Input((4,)), lib.Dense(3, name="d"), lib.BatchNormalization(name="n")]
            return lib.TimeDistributed(models(lib)[0](inside, name="m"), name="t")

        same(make, training=training)

    def test_a_graph_at_each_step(self):
        def make(lib):
            x = lib.Input((4,))
            return lib.TimeDistributed(
                models(lib)[1](x, lib.Dense(2, name="e")(lib.Dense(3, name="d")(x))), name="t"
            )

        same(make, mask=MASK)

    def test_one_inside_another(self):
        same(
            lambda lib: lib.TimeDistributed(lib.TimeDistributed(lib.Dense(3, name="d"), name="u"), name="t"),
            arrays((2, 3, 4, 5)),
        )


class TestArguments:
    @pytest.mark.parametrize("kind", KINDS)
    def test_time_major_is_refused_as_in_keras(self, kind):
        with pytest.raises(ParameterError, match=f"{kind} has no argument 'time_major'"):
            getattr(layers, kind)(3, time_major=True)
        with pytest.raises(ValueError, match="time_major"):
            getattr(keras.layers, kind)(3, time_major=True)

    @pytest.mark.parametrize("kind", ["LSTM", "GRU"])
    @pytest.mark.parametrize("implementation", [1, 2])
    def test_the_implementation_is_taken_and_changes_nothing(self, kind, implementation):
        same(lambda lib: getattr(lib, kind)(3, implementation=implementation, name="r"))

    def test_the_implementation_of_a_plain_one_is_refused_as_in_keras(self):
        for library in (layers, keras.layers):
            with pytest.raises(ValueError, match="implementation"):
                library.SimpleRNN(3, implementation=1)

    def test_reset_before_with_all_that_goes_with_it(self):
        outputs = same(
            lambda lib: lib.GRU(
                3, reset_after=False, return_sequences=True, return_state=True, go_backwards=True, name="r"
            ),
            {"sequences": X, "initial_state": STATES[0].numpy()},
            mask=MASK,
        )
        assert len(outputs) == 2
