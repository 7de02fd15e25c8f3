"""Convolutional LSTM: a memory with a place for each place of a picture, for films and what else moves."""

from typing import Annotated, Any, ClassVar, cast

from torch import Tensor

from runtime.errors import ShapeError
from runtime.layers.arguments import (
    ActivationLike,
    ConstraintLike,
    Count,
    DataFormat,
    InitializerLike,
    Padding,
    Rate,
    RegularizerLike,
    Seed,
)
from runtime.layers.checking import require_known, sizes_fit
from runtime.layers.conv_lstm_cell import ConvLSTMCell, ConvLSTMCell1D, ConvLSTMCell2D, ConvLSTMCell3D
from runtime.layers.recurrent import UnitsRNN, of_cell
from runtime.layers.registration import register
from runtime.layers.spatial import PerAxis, constructor_for_rank
from runtime.types import Parts, Shape, show_shape

_CELLS: dict[int, type[ConvLSTMCell]] = {1: ConvLSTMCell1D, 2: ConvLSTMCell2D, 3: ConvLSTMCell3D}
_AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


class ConvLSTM(UnitsRNN):
    """Base of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D.

    Args:
        filters: How many channels the memory has and come out at each step.
        kernel_size: Size of the filters' window.
        strides: How far the window moves from one place to the next; 2 halves what comes out.
        padding: "valid" keeps the window inside the input, and the output shrinks; "same" adds zeros around.
        data_format: Where the channels stand; None is "channels_last".
        dilation_rate: Distance between the places a filter looks at; 1 is none between them.
        recurrent_activation: Function that makes the gates, which open (1) and shut (0).
        unit_forget_bias: True starts the bias of the forget gate at 1: at first, all is kept.
    """

    state_names = ("hidden_state", "cell_state")
    rank: ClassVar[int] = 0
    filters = of_cell("filters")
    kernel_size = of_cell("kernel_size")
    strides = of_cell("strides")
    padding = of_cell("padding")
    data_format = of_cell("data_format")
    dilation_rate = of_cell("dilation_rate")
    recurrent_activation = of_cell("recurrent_activation")
    unit_forget_bias = of_cell("unit_forget_bias")

    def __init_subclass__(cls, *, rank: int = 0, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if rank:
            cls.rank = rank
            cls.__init__ = constructor_for_rank(cast(Any, cls.__init__), rank, widen_defaults=False)

    def __init__(
        self,
        filters: Count,
        kernel_size: PerAxis,
        strides: PerAxis = 1,
        padding: Padding = "valid",
        data_format: DataFormat = None,
        dilation_rate: PerAxis = 1,
        activation: ActivationLike = "tanh",
        recurrent_activation: ActivationLike = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike = "glorot_uniform",
        recurrent_initializer: InitializerLike = "orthogonal",
        bias_initializer: InitializerLike = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: RegularizerLike = None,
        recurrent_regularizer: RegularizerLike = None,
        bias_regularizer: RegularizerLike = None,
        activity_regularizer: RegularizerLike = None,
        kernel_constraint: ConstraintLike = None,
        recurrent_constraint: ConstraintLike = None,
        bias_constraint: ConstraintLike = None,
        dropout: Rate = 0.0,
        recurrent_dropout: Rate = 0.0,
        seed: Seed = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = _CELLS[self.rank](
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            recurrent_activation,
            unit_forget_bias,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            seed=seed,
            name="conv_lstm_cell",
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
        )
        super().__init__(
            cell,
            return_sequences=return_sequences,
            return_state=return_state,
            go_backwards=go_backwards,
            stateful=stateful,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )

    def call(
        self,
        sequences: Tensor,
        initial_state: Annotated[list[Tensor] | None, Parts(("hidden_state", "cell_state"))] = None,
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:
        """The output, with `return_state` followed by hidden state and carry."""
        return self.run(sequences, initial_state, mask, training)

    def state_shapes(self, sequences_shape: Shape) -> list[Shape]:
        """The size of the pictures that come out, and the filters; for hidden state and carry."""
        cell = cast(ConvLSTMCell, self.cell)
        return [cell.state_shape((sequences_shape[0], *sequences_shape[2:]))[1:]] * 2

    def output_sizes(self, sequences_shape: Shape) -> Shape:
        """The same."""
        return self.state_shapes(sequences_shape)[0]

    def _check(self, shape: Shape) -> None:
        cell = cast(ConvLSTMCell, self.cell)
        words = (
            ["channels", *_AXES[self.rank]] if not cell._channels_last else [*_AXES[self.rank], "channels"]
        )
        if len(shape) != self.rank + 3:
            raise ShapeError(
                f"{self.label} wants {' × '.join(['batch', 'steps', *words])} ({self.rank + 3} axes), "
                f"but gets {show_shape(shape)} ({len(shape)} axes).",
                port="sequences",
                hint="Set return_sequences=True on a recurrent layer before it, or put a Reshape before it.",
            )
        for axis, word in enumerate(words, start=2):
            require_known(
                self, shape, axis, "number of channels" if word == "channels" else word, port="sequences"
            )
        if cell.step_shape and not sizes_fit(cell.step_shape[1:], shape[2:]):
            raise ShapeError(
                f"{self.label} was built for steps of {show_shape(cell.step_shape)}, "
                f"but gets {show_shape((None, *shape[2:]))}.",
                port="sequences",
                hint="A layer that is used twice needs inputs of equal size.",
            )


@register("Recurrent", rank=2)
class ConvLSTM1D(ConvLSTM, rank=1):
    """Reads a sequence of sequences, such as a sound cut into pieces, with a memory for each place.

    Call args:
        sequences: (batch, steps, length, channels).
        hidden_state: Hidden state to start from, (batch, length left, filters); zeros when unwired.
        cell_state: Carry to start from, of the same shape; zeros when unwired.

    Source:
        Shi et al. 2015, https://arxiv.org/abs/1506.04214
    """


@register("Recurrent", rank=2)
class ConvLSTM2D(ConvLSTM, rank=2):
    """Reads a film picture by picture, and remembers at each place what has been there.

    Call args:
        sequences: (batch, steps, height, width, channels).
        hidden_state: Hidden state to start from, (batch, height left, width left, filters); zeros when
            unwired.
        cell_state: Carry to start from, of the same shape; zeros when unwired.

    Source:
        Shi et al. 2015, https://arxiv.org/abs/1506.04214
    """


@register("Recurrent", rank=2)
class ConvLSTM3D(ConvLSTM, rank=3):
    """Reads a volume that changes in time, such as scans or the weather, with a memory for each place.

    Call args:
        sequences: (batch, steps, depth, height, width, channels).
        hidden_state: Hidden state to start from, (batch, …, filters); zeros when unwired.
        cell_state: Carry to start from, of the same shape; zeros when unwired.

    Source:
        Shi et al. 2015, https://arxiv.org/abs/1506.04214
    """
