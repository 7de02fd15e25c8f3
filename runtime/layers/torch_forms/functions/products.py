"""Products, matrices and waves as PyTorch code."""

from runtime.layers.torch_forms.functions.arguments import Arguments, function, templates, unpacked
from runtime.layers.torch_forms.pieces import reducing
from runtime.layers.torch_forms.writing import literal

templates(
    {
        "Matmul": "{x1:r} @ {x2:r}",
        "Vdot": "torch.vdot({x1:r}, {x2:r})",
        "Inner": "torch.inner({x1:r}, {x2:r})",
        "Outer": "torch.outer({x1:t}.flatten(), {x2:t}.flatten())",
        "Kron": "torch.kron({x1:t}, {x2:t})",
        "Cholesky": "torch.linalg.cholesky({x}, upper={upper})",
        "CholeskyInverse": "torch.cholesky_inverse({x}, upper={upper})",
        "Det": "torch.linalg.det({x})",
        "Inv": "torch.linalg.inv({x})",
        "Pinv": "torch.linalg.pinv({x}, rtol={rcond})",
        "MatrixRank": "torch.linalg.matrix_rank({x}, atol={tol})",
        "Solve": "torch.linalg.solve({a}, {b:t})",
        "Logdet": "torch.logdet({x})",
        "CDist": "({x}.unsqueeze(-2) - {y:t}.unsqueeze(-3)).square().sum(-1).sqrt()",
        "ExtractSequences": "{x}.unfold(-1, {sequence_length}, {sequence_stride})",
    }
)

_FACTORS = {
    "Slogdet": "torch.linalg.slogdet({x})",
    "Eig": "torch.linalg.eig({x})",
    "Eigh": "torch.linalg.eigh({x})",
    "Qr": "torch.linalg.qr({x}, {mode})",
}


@function(*_FACTORS)
def factors(arguments: Arguments) -> list[str]:
    """Several tensors at once."""
    return unpacked(arguments, arguments.fill(_FACTORS[arguments.layer.entry.name]))


@function("LuFactor")
def lu_factor(arguments: Arguments) -> list[str]:
    """Torch counts rows from 1."""
    both, exchanged = unpacked(arguments, arguments.fill("torch.linalg.lu_factor({x})"))
    return [both, f"{exchanged} - 1"]


@function("SVD")
def singular_values(arguments: Arguments) -> str | list[str]:
    """Two rotations and the stretching between them, or that alone."""
    if not arguments["compute_uv"]:
        return arguments.fill("torch.linalg.svdvals({x})")
    return unpacked(arguments, arguments.fill("torch.linalg.svd({x}, full_matrices={full_matrices})"))


@function("SolveTriangular")
def solve_triangular(arguments: Arguments) -> str:
    """A vector as a matrix of one column."""
    a, b = arguments.code("a", "t"), arguments.code("b", "t")
    upper = f"upper={not arguments['lower']}"
    if arguments.rank("b") == arguments.rank("a") - 1:
        return f"torch.linalg.solve_triangular({a}, {b}.unsqueeze(-1), {upper}).squeeze(-1)"
    return f"torch.linalg.solve_triangular({a}, {b}, {upper})"


@function("Lstsq")
def least_squares(arguments: Arguments) -> str:
    """The nearest solution."""
    a, b, bound = arguments.code("a", "t"), arguments.code("b", "t"), arguments["rcond"]
    how = "" if bound is None else f', {literal(bound)}, driver="gelsd"'
    return f"torch.linalg.lstsq({a}, {b}{how}).solution"


@function("Norm")
def norm(arguments: Arguments) -> str:
    """torch.linalg.norm."""
    axis = arguments.unwired("axis")
    shown = literal(tuple(axis) if isinstance(axis, list) else axis)
    return arguments.fill(f"torch.linalg.norm({{x:f}}, {{ord}}, {shown}, {{keepdims}})")


@function("Dot")
def dot(arguments: Arguments) -> str:
    """A matrix product, or that with a number."""
    sign = "*" if 0 in (arguments.rank("x1"), arguments.rank("x2")) else "@"
    return arguments.fill(f"{{x1:r}} {sign} {{x2:r}}")


@function("Cross")
def cross(arguments: Arguments) -> str:
    """Along the first axis of three, if none is said."""
    axis = arguments["axis"]
    if axis is None:
        axis = next((place for place, size in enumerate(arguments.shape("x1")) if size == 3), -1)
    return arguments.fill(f"torch.linalg.cross({{x1:r}}, {{x2:r}}, dim={axis})")


@function("Tensordot")
def tensordot(arguments: Arguments) -> str:
    """Sums of products over axes."""
    axes = arguments["axes"]
    if isinstance(axes, list | tuple):
        axes = tuple(tuple(each) if isinstance(each, list | tuple) else (each,) for each in axes)
    return arguments.fill(f"torch.tensordot({{x1:r}}, {{x2:r}}, {literal(axes)})")


@function("Einsum")
def einsum(arguments: Arguments) -> str:
    """torch.einsum."""
    return f'torch.einsum("{arguments["subscripts"]}", {", ".join(arguments.all("operands"))})'


def _parts(arguments: Arguments, code: str) -> list[str]:
    """Real and imaginary part of complex numbers."""
    waves = arguments.call.let("waves", code)
    return [f"{waves}.real", f"{waves}.imag"]


def _complex(arguments: Arguments) -> str:
    parts = arguments.all("x")
    if len(parts) == 1 and parts:
        parts *= 2
    return f"torch.complex({', '.join(parts)})"


@function("FFT", "FFT2", "IFFT2")
def waves(arguments: Arguments) -> list[str]:
    """Complex numbers come and go as pairs of tensors."""
    return _parts(arguments, f"torch.fft.{arguments.layer.entry.name.lower()}({_complex(arguments)})")


@function("RFFT")
def waves_of_signal(arguments: Arguments) -> list[str]:
    """The first half of the waves."""
    return _parts(arguments, arguments.fill("torch.fft.rfft({x:f}, {fft_length})"))


@function("IRFFT")
def signal(arguments: Arguments) -> str:
    """A signal from half of its waves."""
    return f"torch.fft.irfft({_complex(arguments)}, {arguments['fft_length']})"


@function("STFT")
def short_waves(arguments: Arguments) -> list[str]:
    """torch.stft, with the pieces on the last axis but one."""
    window, x = arguments.unwired("window"), arguments.code("x", "f")
    length = arguments["sequence_length"]
    if window not in (None, "hann", "hamming"):
        raise arguments.call.refuse("its window is a tensor")
    fade = f"torch.{window}_window({length})" if window else f"torch.ones({length})"
    rank = arguments.rank("x")
    flat = f"{x}.flatten(0, -2)" if rank > 2 else x
    code = (
        f"torch.stft({flat}, {arguments['fft_length']}, {arguments['sequence_stride']}, {length}, "
        f"{fade}.to({x}), center={arguments['center']}, return_complex=True).transpose(-2, -1)"
    )
    return _parts(arguments, f"{code}.unflatten(0, {x}.shape[:-1])" if rank > 2 else code)


_SEGMENTS = {
    "SegmentSum": ("sum", "0.0"),
    "SegmentMax": ("amax", "-torch.inf"),
    "SegmentMin": ("amin", "torch.inf"),
    "SegmentProd": ("prod", "1.0"),
}


@function(*_SEGMENTS)
def segments(arguments: Arguments) -> str:
    """What comes of the rows of each segment."""
    kind, start = _SEGMENTS[arguments.layer.entry.name]
    ids, count = arguments.code("segment_ids", "t"), arguments["num_segments"] or "int({}.max()) + 1"
    name = arguments.call.piece(reducing.segments)
    return f'{name}({arguments.code("data", "t")}, {ids}, {str(count).format(ids)}, "{kind}", {start})'
