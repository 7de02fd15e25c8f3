"""Several preparing layers as one, and boxes around things in equal number."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812

from runtime.errors import DataError
from runtime.layers.arguments import Count
from runtime.layers.base import Layer
from runtime.layers.calls import call_signature
from runtime.layers.image_layers import RandomPictures
from runtime.layers.measured import total
from runtime.layers.registration import register, resolve_layer


@register("")
class Pipeline(Layer):
    """Several layers one after the other as one, to prepare data outside of a model.

    Args:
        layers: The layers, the first one first.
        name: Name in the model and in files.

    Call args:
        inputs: What the first layer takes, a dict of pictures and labels for instance.

    Source:
        https://keras.io/api/layers/preprocessing_layers/
    """

    def __init__(self, layers: Sequence[Layer], name: str | None = None) -> None:
        super().__init__(name=name)
        self.layers = [resolve_layer(layer) for layer in layers]
        self._arguments["layers"] = self.layers
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """The layers and the name; Keras's class takes no more."""
        return {name: value for name, value in super().get_config().items() if name in ("layers", "name")}

    def call(self, inputs: torch.Tensor, training: bool = True) -> torch.Tensor:
        """What comes out of the last layer."""
        for layer in self.layers:
            cls: type = type(layer)
            takes_training = call_signature(cls).takes_training
            inputs = layer(inputs, training=training) if takes_training else layer(inputs)
        return inputs

    def macs(self, input_shape: Any) -> int | None:
        """Those of all layers."""
        amounts: list[int | None] = []
        for layer in self.layers:
            amounts.append(layer.macs(input_shape))
            input_shape = layer.compute_output_shape(input_shape)
        return total(*amounts)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape that comes out of the last layer."""
        for layer in self.layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape


@register("")
class MaxNumBoundingBoxes(RandomPictures):
    """Gives all pictures the same number of boxes around things: cut off, or filled up with empty ones.

    Args:
        max_number: How many boxes each picture has afterwards.
        fill_value: What empty boxes and their labels are made of.

    Call args:
        inputs: {"images": …, "bounding_boxes": {"boxes": (batch, boxes, 4), "labels": (batch, boxes)}}.

    Source:
        https://keras.io/api/layers/preprocessing_layers/
    """

    always = True
    identity_in_inference = False

    def __init__(self, max_number: Count, fill_value: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_number = max_number
        self.fill_value = fill_value

    def get_random_transformation(self, images: torch.Tensor) -> Any:
        """Nothing is drawn."""
        del images

    def transform_images(self, images: torch.Tensor, transformation: Any) -> torch.Tensor:
        """The pictures themselves."""
        del transformation
        return images

    def transform_bounding_boxes(self, boxes: dict[str, Any], transformation: Any) -> dict[str, Any]:
        """As many boxes, and labels of boxes, for each picture."""
        if not {"boxes", "labels"} <= set(boxes):
            raise DataError(
                f"{self.label} got bounding boxes with {', '.join(map(repr, boxes)) or 'nothing'}.",
                hint='Give their places under "boxes" and what they show under "labels".',
            )
        missing = max(self.max_number - boxes["boxes"].shape[1], 0)
        padding = {"boxes": (0, 0, 0, missing), "labels": (0, missing)}
        return {
            **boxes,
            **{
                name: F.pad(boxes[name][:, : self.max_number], edges, value=self.fill_value)
                for name, edges in padding.items()
            },
        }
