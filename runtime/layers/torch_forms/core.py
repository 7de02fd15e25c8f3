"""Dense, embeddings, regularization and other plain layers as PyTorch code."""

from runtime.layers.core import Dense, Identity
from runtime.layers.einsum_dense import EinsumDense
from runtime.layers.embedding import Embedding, Masking
from runtime.layers.image_layers import RandomPictures
from runtime.layers.regularization import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    RandomInTraining,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from runtime.layers.reversible_embedding import ReversibleEmbedding
from runtime.layers.torch_forms.activations import activated
from runtime.layers.torch_forms.pieces import noise as pieces
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, literal


@form(Dense)
def dense(layer: Dense, call: Call) -> None:
    """nn.Linear; its weight is the kernel turned round."""
    features, units = layer.kernel.shape
    bias = "" if layer.use_bias else ", bias=False"
    made = f"nn.Linear({features}, {units}{bias})"
    linear = call.module("", made, weight=layer.kernel.T, bias=layer.bias)
    call.give(activated(call, f"{linear}({call.last(floating=True)})", layer.activation))


@form(EinsumDense)
def einsum_dense(layer: EinsumDense, call: Call) -> None:
    """torch.einsum with parameters in the design's layout."""
    kernel = call.parameter("kernel", layer.kernel, "randn")
    sums = f'torch.einsum("{layer.equation.replace(" ", "")}", {call.last(floating=True)}, {kernel})'
    if layer.bias is not None:
        sums = f"{sums} + {call.parameter('bias', layer.bias)}"
    call.give(activated(call, sums, layer.activation))


@form(Identity)
def identity(layer: Identity, call: Call) -> None:
    """Another name for the same tensor."""
    del layer
    call.give_any(call.any())


@form(Embedding)
def embedding(layer: Embedding, call: Call) -> None:
    """nn.Embedding; 0 is masked where the design says so."""
    made = f"nn.Embedding({layer.input_dim}, {layer.output_dim})"
    table = call.module("", made, weight=layer.embeddings)
    ids = call.last()
    whole = ids if call.value.dtype in ("int32", "int64") else f"{ids}.int()"
    mask = call.let("mask", f"{ids} != 0") if layer.mask_zero else None
    call.give(f"{table}({whole})", mask=mask)


@form(ReversibleEmbedding)
def reversible_embedding(layer: ReversibleEmbedding, call: Call) -> None:
    """nn.Embedding one way, a product with its table the other."""
    if not call.settings.get("reverse"):
        if not layer.tie_weights:
            call.parameter("reverse", layer.reverse_embeddings)
        embedding(layer, call)
        return
    made = f"nn.Embedding({layer.input_dim}, {layer.output_dim})"
    table = call.module("", made, weight=layer.embeddings)
    kernel = f"{table}.weight.T"
    if not layer.tie_weights:
        kernel = call.parameter("reverse", layer.reverse_embeddings)
    if layer.reverse_dtype not in (None, "float32"):
        raise call.refuse(f"it computes in {layer.reverse_dtype}")
    scores = f"{call.last(floating=True)} @ {kernel}"
    cap = layer.logit_soft_cap
    call.give(
        scores if cap is None else f"torch.tanh(({scores}) / {literal(cap)}) * {literal(cap)}", mask=None
    )


@form(Masking)
def masking(layer: Masking, call: Call) -> None:
    """Steps in which every number is the stated one are masked, and 0."""
    x = call.last()
    mask = call.let("mask", f"({x} != {literal(layer.mask_value)}).any(-1)")
    call.give(f"torch.where({mask}.unsqueeze(-1), {x}, 0)", mask=mask)


@form(Dropout)
def dropout(layer: Dropout, call: Call) -> None:
    """nn.Dropout."""
    if layer.noise_shape is not None:
        call.note("noise_shape is left out: each number is dropped by itself")
    drop = call.module("", f"nn.Dropout({literal(layer.rate)})")
    call.give_any(f"{drop}({call.any()})")


@form(AlphaDropout)
def alpha_dropout(layer: AlphaDropout, call: Call) -> None:
    """nn.AlphaDropout."""
    if layer.noise_shape is not None:
        call.note("noise_shape is left out: each number is dropped by itself")
    drop = call.module("", f"nn.AlphaDropout({literal(layer.rate)})")
    call.give_any(f"{drop}({call.any()})")


@form(SpatialDropout1D, SpatialDropout2D, SpatialDropout3D)
def spatial_dropout(layer: SpatialDropout1D, call: Call) -> None:
    """nn.Dropout1d, 2d and 3d drop whole channels."""
    rank = len(call.value.shape) - 2
    drop = call.module("", f"nn.Dropout{rank}d({literal(layer.rate)})")
    x, first = call.image()
    call.give(f"{drop}({x})", first=first)


@form(GaussianNoise)
def gaussian_noise(layer: GaussianNoise, call: Call) -> None:
    """Normal numbers are added in training."""
    name = call.piece(pieces.AddNoise)
    noise = call.module("", f"{name}({literal(layer.stddev)})")
    call.give_any(f"{noise}({call.any()})")


@form(GaussianDropout)
def gaussian_dropout(layer: GaussianDropout, call: Call) -> None:
    """In training, numbers are multiplied with normal ones about 1."""
    name = call.piece(pieces.MultiplyNoise)
    noise = call.module("", f"{name}({literal(layer.rate)})")
    call.give_any(f"{noise}({call.any()})")


@form(ActivityRegularization)
def activity_regularization(layer: ActivityRegularization, call: Call) -> None:
    """The tensor itself."""
    del layer
    call.give_any(call.any())


@form(RandomInTraining, RandomPictures)
def random_in_training(layer: RandomInTraining, call: Call) -> None:
    """The tensor itself: what is random is done in training only."""
    if not layer.identity_in_inference:
        raise call.refuse("it changes its input outside of training, too, in a way that has no short form")
    call.note("it changes data in training, which this program leaves out")
    call.give_any(call.any(floating=True))
