"""What is known of a file that was exported."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ExportReceipt:
    """What was written, and how well it agrees with the model.

    Args:
        path: The file.
        format: "onnx" or "torch".
        opset: Version of ONNX's operations that the file uses; None for another format.
        inputs: Name → sizes of each input; a word is a size that may be any.
        outputs: Name → sizes of each output.
        largest_difference: Largest difference between an output of the file and of the model, as a fraction
            of the largest number in that output of the model; None if it was not checked.
        batches: Batch sizes it was checked with.
        versions: Program → version: all that took part.
    """

    path: Path
    format: str
    opset: int | None
    inputs: dict[str, tuple[int | str, ...]]
    outputs: dict[str, tuple[int | str, ...]]
    largest_difference: float | None
    batches: tuple[int, ...]
    versions: dict[str, str]
