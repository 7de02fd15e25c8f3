"""Preparation of numbers, pictures and sounds as PyTorch code."""

import math

import torch

from runtime.layers.category_encoding import CategoryEncoding
from runtime.layers.discretization import Discretization
from runtime.layers.histograms import AutoContrast
from runtime.layers.resizing import CenterCrop, RandomCrop, Resizing
from runtime.layers.spectrograms import MelSpectrogram, STFTSpectrogram
from runtime.layers.torch_forms.pieces import features as pieces
from runtime.layers.torch_forms.pieces import shapes
from runtime.layers.torch_forms.registration import form
from runtime.layers.torch_forms.writing import Call, literal
from runtime.layers.windows import same_padding

_ONE_PICTURE = 3
_ENCODINGS = {"one_hot": pieces.one_hot, "multi_hot": pieces.multi_hot, "count": pieces.count_ids}


def _encoded(call: Call, ids: str, mode: str, depth: int, weights: str = "") -> str:
    if mode == "int":
        return ids
    return f"{call.piece(_ENCODINGS[mode])}({ids}, {depth}{weights})"


@form(CategoryEncoding)
def category_encoding(layer: CategoryEncoding, call: Call) -> None:
    """Rows of zeros and ones, or of counts."""
    weights = f", {call.last(call.values[1])}" if len(call.values) > 1 else ""
    ids = f"{call.last()}.long()"
    if layer.output_mode == "int":
        ids = f"{call.last()}.float()"
    call.give(_encoded(call, ids, layer.output_mode, int(layer.num_tokens or 0), weights))


@form(Discretization)
def discretization(layer: Discretization, call: Call) -> None:
    """torch.bucketize with boundaries that are kept with the weights."""
    if layer.num_bins is not None:
        call.note("its boundaries come with the weights; without these, they are all 0")
    boundaries = torch.tensor(layer.bin_boundaries or [], dtype=torch.float32)
    # Few data have few boundaries: behind those that lie at infinity, there is nothing.
    missing = max(int(layer.num_bins or 1) - 1 - len(boundaries), 0)
    boundaries = torch.cat([boundaries, torch.full((missing,), math.inf)])
    kept = call.buffer("boundaries", boundaries)
    ids = f"torch.bucketize({call.last()}.float(), {kept}, right=True)"
    depth = len(boundaries) + 1
    call.give(f"{ids}.int()" if layer.output_mode == "int" else _encoded(call, ids, layer.output_mode, depth))


def _pictures(call: Call) -> tuple[str, bool]:
    """Pictures with their channels first, and whether they were moved there."""
    if len(call.value.shape) <= _ONE_PICTURE:
        raise call.refuse("it takes single pictures without a batch")
    return call.image()


@form(Resizing)
def resizing(layer: Resizing, call: Call) -> None:
    """F.interpolate."""
    if not call.value.is_floating:
        raise call.refuse("it resizes whole numbers", hint="Give the Input the dtype float32.")
    x, first = _pictures(call)
    size = f"{layer.height}, {layer.width}"
    if layer.crop_to_aspect_ratio:
        x = f"{call.piece(shapes.crop_to_ratio)}({x}, {size})"
    elif layer.pad_to_aspect_ratio:
        x = f"{call.piece(shapes.pad_to_ratio)}({x}, {size}, {literal(layer.fill_value)})"
    mode = "nearest-exact" if layer.interpolation == "nearest" else layer.interpolation
    smooth = ", antialias=True" if layer.antialias and layer.interpolation != "nearest" else ""
    call.give(f'F.interpolate({x}, size=({size}), mode="{mode}"{smooth})', first=first)


@form(CenterCrop)
def center_crop(layer: CenterCrop, call: Call) -> None:
    """A slice; smaller pictures are made larger."""
    x, first = _pictures(call)
    call.give(f"{call.piece(shapes.center_crop)}({x}, {layer.height}, {layer.width})", first=first)


@form(RandomCrop)
def random_crop(layer: RandomCrop, call: Call) -> None:
    """Outside of training, the middle, made to fit."""
    x, first = _pictures(call)
    call.note("it crops at random in training, where this program takes the middle")
    size = f"{layer.height}, {layer.width}"
    middle = f"{call.piece(shapes.crop_to_ratio)}({x}, {size})"
    call.give(f'F.interpolate({middle}, size=({size}), mode="bilinear")', first=first)


@form(AutoContrast)
def auto_contrast(layer: AutoContrast, call: Call) -> None:
    """A stretch between the darkest and the brightest pixel."""
    low, high = layer.value_range
    name = call.piece(shapes.auto_contrast)
    call.give(f"{name}({call.last(floating=True)}, {literal(low)}, {literal(high)})")


@form(STFTSpectrogram)
def stft_spectrogram(layer: STFTSpectrogram, call: Call) -> None:
    """Convolutions with fixed waves."""
    value, last = call.value, layer.data_format == "channels_last"
    x = call.channels_first() if last else call.last()
    channels = int(value.shape[-1 if last else 1] or 1)
    steps = value.shape[1 if last else -1]
    if layer.padding == "same":
        if steps is None:
            raise call.refuse("it pads sounds of unknown length", hint="Give the Input a fixed length.")
        x = f"F.pad({x}, {literal(same_padding(steps, layer.frame_length, layer._step))})"
    x = call.let("sounds", f"{x}.flatten(0, 1).unsqueeze(1)")

    def part(side: str) -> str:
        kernel = (layer.real_kernel if side == "real" else layer.imag_kernel).permute(2, 1, 0)
        waves = call.buffer(side, kernel)
        return f"F.conv1d({x}, {waves}, stride={layer._step}).unflatten(0, (-1, {channels}))"

    if layer.mode in ("real", "imag"):
        spectrum = part(layer.mode)
    else:
        spectrum = _joined_parts(layer.mode, call, part("real"), part("imag"))
    spectrum = call.let("spectrum", spectrum)
    if layer.expand_dims:
        call.give(f"{spectrum}.permute(0, 3, 2, 1)" if last else f"{spectrum}.transpose(2, 3)")
    else:
        rows = f"{spectrum}.flatten(1, 2)"
        call.give(f"{rows}.transpose(1, 2)" if last else rows)


def _joined_parts(mode: str, call: Call, real: str, imaginary: str) -> str:
    real, imaginary = call.let("real_part", real), call.let("imaginary_part", imaginary)
    if mode == "angle":
        return f"torch.atan2({imaginary}, {real})"
    if mode == "stft":
        return f"torch.cat([{real}, {imaginary}], 2)"
    power = call.let("power", f"{real}.square() + {imaginary}.square()")
    if mode == "psd":
        return f"{power} + F.pad({power}[:, :, 1:-1], (0, 0, 1, 1))"
    strength = f"{power}.clamp_min(1e-7).sqrt()"
    return strength if mode == "magnitude" else f"{strength}.clamp_min(1e-7).log()"


@form(MelSpectrogram)
def mel_spectrogram(layer: MelSpectrogram, call: Call) -> None:
    """torch.stft, and sums over the frequencies of each pitch."""
    fade, pitches = call.buffer("window", layer._fade, "ones"), call.buffer("pitches", layer._mel.T)
    sounds = call.last(floating=True)
    x = sounds if sounds.isidentifier() else call.let("sounds", sounds)
    settings = f"{layer.fft_length}, {layer.sequence_stride}, {layer.sequence_length}, {fade}"
    flat = f"{x}.reshape(-1, {x}.shape[-1])"
    spectrum = call.let("spectrum", f"torch.stft({flat}, {settings}, return_complex=True).abs()")
    power = "" if layer.mag_exp == 1 else f" ** {literal(layer.mag_exp)}"
    strength = f"({spectrum}{power}).reshape(*{x}.shape[:-1], *{spectrum}.shape[1:])"
    code = f"{pitches} @ {strength}"
    if layer.power_to_db:
        reference = 10 * math.log10(max(abs(layer.ref_power), layer.min_power))
        numbers = ", ".join(map(literal, (layer.min_power, reference, layer.top_db)))
        code = f"{call.piece(pieces.decibels)}({code}, {numbers})"
    call.give(code)
