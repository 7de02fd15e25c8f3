"""Functions of each number, and of pairs of numbers, as PyTorch code."""

from runtime.layers.torch_forms.functions.arguments import Arguments, cast, function, number, templates
from runtime.layers.torch_forms.pieces import activations as pieces

templates(
    {
        "Absolute": "{x}.abs()",
        "Negative": "-{x}",
        "Sign": "{x}.sign()",
        "Reciprocal": "{x:f}.reciprocal()",
        "Exp": "{x:f}.exp()",
        "Exp2": "{x:f}.exp2()",
        "Expm1": "{x:f}.expm1()",
        "Log": "{x:f}.log()",
        "Log10": "{x:f}.log10()",
        "Log1p": "{x:f}.log1p()",
        "Log2": "{x:f}.log2()",
        "Sqrt": "{x:f}.sqrt()",
        "Rsqrt": "{x:f}.rsqrt()",
        "Cbrt": "{x:f}.sign() * {x:f}.abs() ** (1 / 3)",
        "I0": "torch.i0({x:f})",
        "Sin": "{x:f}.sin()",
        "Cos": "{x:f}.cos()",
        "Tan": "{x:f}.tan()",
        "Arcsin": "{x:f}.arcsin()",
        "Arccos": "{x:f}.arccos()",
        "Arctan": "{x:f}.arctan()",
        "Sinh": "{x:f}.sinh()",
        "Cosh": "{x:f}.cosh()",
        "Tanh": "{x:f}.tanh()",
        "Arcsinh": "{x:f}.arcsinh()",
        "Arccosh": "{x:f}.arccosh()",
        "Arctanh": "{x:f}.arctanh()",
        "Sinc": "{x:f}.sinc()",
        "Deg2rad": "{x:f}.deg2rad()",
        "Rad2deg": "{x:f}.rad2deg()",
        "Floor": "{x:f}.floor()",
        "Ceil": "{x:f}.ceil()",
        "Trunc": "{x}.trunc()",
        "Erf": "{x:f}.erf()",
        "Erfc": "{x:f}.erfc()",
        "Erfinv": "{x:f}.erfinv()",
        "Angle": "{x}.angle()",
        "Real": "{x}.real",
        "Imag": "{x}.imag",
        "Conjugate": "{x}.conj().resolve_conj()",
        "Copy": "{x}.clone()",
        "Fabs": "{x:f}.abs()",
        "Round": "{x:f}.round(decimals={decimals})",
        "Clip": "{x}.clamp({x_min}, {x_max})",
        "View": "{x}.view(torch.{dtype:n})",
        "StopGradient": "{variable}.detach()",
        "Polar": "torch.polar({abs_:f}, {angle:f})",
        "ViewAsReal": "torch.view_as_real({x})",
        "ViewAsComplex": "torch.view_as_complex({x:f}.contiguous())",
    }
)
templates(
    {
        "Signbit": "{x}.signbit()",
        "Isfinite": "{x}.isfinite()",
        "Isinf": "{x}.isinf()",
        "Isnan": "{x}.isnan()",
        "Isneginf": "{x}.isneginf()",
        "Isposinf": "{x}.isposinf()",
        "Isreal": "{x}.isreal()",
        "LogicalNot": "{x}.logical_not()",
        "Equal": "{x1} == {x2}",
        "NotEqual": "{x1} != {x2}",
        "Greater": "{x1} > {x2}",
        "GreaterEqual": "{x1} >= {x2}",
        "Less": "{x1} < {x2}",
        "LessEqual": "{x1} <= {x2}",
        "LogicalAnd": "torch.logical_and({x1:t}, {x2:t})",
        "LogicalOr": "torch.logical_or({x1:t}, {x2:t})",
        "LogicalXor": "torch.logical_xor({x1:t}, {x2:t})",
        "Isclose": "torch.isclose({x1:f}, {x2:f}, {rtol}, {atol}, {equal_nan})",
        "AllClose": "torch.isclose({x1:f}, {x2:f}, {rtol}, {atol}, {equal_nan}).all()",
        "IsIn": "torch.isin({x1:t}, {x2:t}, invert={invert})",
    },
    gives="bool",
)
templates(
    {
        "Add": "{x1} + {x2}",
        "Subtract": "{x1} - {x2}",
        "Multiply": "{x1} * {x2}",
        "Divide": "{x1} / {x2}",
        "TrueDivide": "{x1} / {x2}",
        "FloorDivide": "{x1} // {x2}",
        "DivideNoNan": "torch.where({x2:t} == 0, 0, {x1} / torch.where({x2:t} == 0, 1, {x2}))",
        "Power": "torch.pow({x1}, {x2})",
        "Mod": "torch.remainder({x1}, {x2})",
        "Fmod": "torch.fmod({x1:t}, {x2})",
        "Fmax": "torch.fmax({x1:r}, {x2:r})",
        "Fmin": "torch.fmin({x1:r}, {x2:r})",
        "Gcd": "torch.gcd({x1:t}, {x2:t})",
        "Lcm": "torch.lcm({x1:t}, {x2:t})",
        "Arctan2": "torch.arctan2({x1:f}, {x2:f})",
        "Logaddexp": "torch.logaddexp({x1:f}, {x2:f})",
        "Logaddexp2": "torch.logaddexp2({x1:f}, {x2:f})",
        "Hypot": "torch.hypot({x1:f}, {x2:f})",
        "Heaviside": "torch.heaviside({x1:f}, {x2:f})",
        # The next number of float64 rounds to the same float32.
        "Nextafter": "torch.nextafter({x1:t}.double(), {x2:t}.double()).float()",
        "Ldexp": "torch.ldexp({x1:t}, {x2:t})",
        "BitwiseAnd": "{x} & {y}",
        "BitwiseOr": "{x} | {y}",
        "BitwiseXor": "{x} ^ {y}",
        "BitwiseLeftShift": "{x} << {y}",
        "BitwiseRightShift": "{x} >> {y}",
        "LeftShift": "{x} << {y}",
        "RightShift": "{x} >> {y}",
        "BitwiseNot": "~{x}",
        "BitwiseInvert": "~{x}",
    }
)
templates(
    {
        "Celu": "F.celu({x:f}, {alpha})",
        "Elu": "F.elu({x:f}, {alpha})",
        "Glu": "F.glu({x:f}, {axis})",
        "HardShrink": "F.hardshrink({x:f}, {threshold})",
        "HardSigmoid": "F.hardsigmoid({x:f})",
        "HardSilu": "F.hardswish({x:f})",
        "HardTanh": "F.hardtanh({x:f})",
        "LeakyRelu": "F.leaky_relu({x:f}, {negative_slope})",
        "LogSigmoid": "F.logsigmoid({x:f})",
        "Relu6": "F.relu6({x:f})",
        "Selu": "F.selu({x:f})",
        "Sigmoid": "torch.sigmoid({x:f})",
        "Silu": "F.silu({x:f})",
        "SoftShrink": "F.softshrink({x:f}, {threshold})",
        "Softplus": "F.softplus({x:f})",
        "Softsign": "F.softsign({x:f})",
        "Squareplus": "({x:f} + ({x:f}.square() + {b}).sqrt()) / 2",
        "TanhShrink": "F.tanhshrink({x:f})",
        "Threshold": "F.threshold({x:f}, {threshold}, {default_value})",
        "Relu": "F.relu({x})",
    }
)


@function("Maximum", "Minimum")
def extreme(arguments: Arguments) -> str:
    """torch.maximum and minimum; a bound where one of both is a number."""
    larger = arguments.layer.entry.name == "Maximum"
    plain = {name: arguments[name] for name in ("x1", "x2") if isinstance(arguments[name], int | float)}
    if plain:
        name, bound = next(iter(plain.items()))
        other = arguments.code("x2" if name == "x1" else "x1", "t")
        return f"{other}.clamp({'min' if larger else 'max'}={number(bound)})"
    return arguments.fill(f"torch.{'maximum' if larger else 'minimum'}({{x1:r}}, {{x2:r}})")


@function("NanToNum")
def nan_to_num(arguments: Arguments) -> str:
    """Only what is said is written."""
    names = [name for name in ("nan", "posinf", "neginf") if arguments[name] not in (None, 0.0)]
    said = ", ".join(f"{name}={number(arguments[name])}" for name in names)
    return f"{arguments.code('x')}.nan_to_num({said})"


@function("Square")
def square(arguments: Arguments) -> str:
    """The square, of yes and no as whole numbers."""
    return f"{arguments.code('x', 'r')}.square()"


@function("Gelu")
def gelu(arguments: Arguments) -> str:
    """Exact, or by a hyperbolic tangent."""
    return arguments.fill(
        'F.gelu({x:f}, approximate="tanh")' if arguments["approximate"] else "F.gelu({x:f})"
    )


@function("SparsePlus", "SparseSigmoid")
def sparse(arguments: Arguments) -> str:
    """Functions that torch has under no name."""
    name = "sparse_plus" if arguments.layer.entry.name == "SparsePlus" else "sparse_sigmoid"
    return f"{arguments.call.piece(getattr(pieces, name))}({arguments.code('x', 'f')})"


@function("Sparsemax")
def sparsemax(arguments: Arguments) -> str:
    """Shares of which many are 0."""
    return arguments.fill(f"{arguments.call.piece(pieces.sparsemax)}({{x:f}}, dim={{axis}})")


@function("Softmax", "LogSoftmax")
def softmax(arguments: Arguments) -> str:
    """Along one axis by torch's function, along several by a sum over them."""
    log = arguments.layer.entry.name == "LogSoftmax"
    x, axis = arguments.code("x", "f"), arguments.unwired("axis")
    if isinstance(axis, int):
        return f"torch.{'log_' * log}softmax({x}, dim={axis})"
    axis = tuple(range(arguments.rank("x"))) if axis is None else tuple(axis)
    if log:
        return f"{x} - {x}.logsumexp({axis}, keepdim=True)"
    return f"{arguments.call.piece(pieces.softmax_over)}({x}, {axis})"


@function("Cast", "Array", "ConvertToTensor", "SaturateCast")
def converted(arguments: Arguments) -> str:
    """The element type stands behind the tensor."""
    x, wanted = arguments.code("x", "t"), arguments.result
    if arguments.layer.entry.name != "SaturateCast":
        return x if arguments.dtype("x") == wanted or arguments.all_float() else f"{x}{cast(wanted)}"
    if "int" not in wanted or "complex" in arguments.dtype("x"):
        raise arguments.call.refuse(f"it cuts off what does not fit into {wanted}")
    return f"{x}.clamp(torch.iinfo(torch.{wanted}).min, torch.iinfo(torch.{wanted}).max)"


@function("ZerosLike", "OnesLike")
def filled_like(arguments: Arguments) -> str:
    """torch.zeros_like and ones_like."""
    kind = "zeros" if arguments.layer.entry.name == "ZerosLike" else "ones"
    return f"torch.{kind}_like({arguments.code('x')}, dtype=torch.{arguments.result})"


@function("FullLike")
def full_like(arguments: Arguments) -> str:
    """One number, or a tensor, in the shape of another."""
    value, x = arguments["fill_value"], arguments.code("x")
    if isinstance(value, bool | int | float):
        return f"torch.full_like({x}, {number(value)}, dtype=torch.{arguments.result})"
    return arguments.fill("{fill_value:r}") + f".expand({x}.shape).clone()"
