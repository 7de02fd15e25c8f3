"""The functions between layers that are not written in PyTorch, and why."""

from runtime.layers.torch_forms.registration import REFUSED_FUNCTIONS

_CODE = "it calls a function of Python's, which designs do not hold"
_WARPING = "it moves pixels to places between pixels, for which torch has no function that rounds the same"
_NUMBERS = "how much comes out depends on the numbers that go in"
_LABELS = "it compares with labels of unknown length, which training does and not a network"

REFUSED_FUNCTIONS.update(
    dict.fromkeys(
        ("AssociativeScan", "ForiLoop", "Map", "Scan", "Switch", "VectorizedMap", "WhileLoop"), _CODE
    )
)
REFUSED_FUNCTIONS.update(
    dict.fromkeys(
        (
            "AffineTransform",
            "ElasticTransform",
            "MapCoordinates",
            "PerspectiveTransform",
            "ScaleAndTranslate",
        ),
        _WARPING,
    )
)
REFUSED_FUNCTIONS.update(dict.fromkeys(("Arange", "Unique"), _NUMBERS))
REFUSED_FUNCTIONS.update(dict.fromkeys(("CTCDecode", "CTCLoss"), _LABELS))
REFUSED_FUNCTIONS.update(
    {
        "Argpartition": "the order it leaves numbers in is its own",
        "ConvTranspose": "its filters come as a tensor; the layer of that name is written",
        "Correlate": "it cuts its result in ways of its own",
        "EmptyLike": "its numbers are whatever memory holds",
        "Geomspace": "its steps lie between tensors, each sign by itself",
        "GaussianBlur": "its window is computed in ways of its own",
        "HSVToRGB": "the turn from hue to colours has no short form",
        "ISTFT": "it adds up pieces that overlap, in ways of its own",
        "Linspace": "its steps lie between tensors",
        "Logspace": "its steps lie between tensors",
        "Meshgrid": "any number of tensors make it, each by itself",
        "RGBToHSV": "the turn from colours to hue has no short form",
        "SSIM": "it compares windows of pictures with weights of its own",
        "SobelEdges": "its two windows are computed in ways of its own",
        "SparseCategoricalCrossentropy": "it picks scores by labels, which training does and not a network",
    }
)
