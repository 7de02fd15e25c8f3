"""Batches of data that lies in memory as tensors."""

from collections.abc import Iterator
from math import ceil
from typing import Any, Literal

import torch

from runtime.data.batches import Arrange, Batch, Batches
from runtime.data.checks import check_lengths
from runtime.data.nested import flatten, map_leaves, packer
from runtime.data.transfer import on_device
from runtime.errors import DataError

Shuffle = bool | Literal["batch"]

_SMALL = 8 * 2**20
"""Bytes up to which a set is put into a new order as a whole: then a batch is a mere view."""
_CONVERTED_AT_ONCE = 64 * 2**20
"""Bytes up to which a set of small integers (pixels) is kept as floating numbers for good."""


class ArrayBatches(Batches):
    """Batches cut from tensors; shuffled anew for every epoch.

    Args:
        x: Inputs in any structure, samples along the first axis.
        y: Targets, or None.
        sample_weight: Weights, or None.
        batch_size: Samples in a batch; the last one may have fewer.
        shuffle: True for a new order every epoch, "batch" for a new order within each batch.
        steps: How many batches make an epoch; None for all.
        device: Where the tensors of a batch shall be.

    Setting `together` joins that many batches to one, where the order stays.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        *,
        batch_size: int | None,
        shuffle: Shuffle,
        steps: int | None,
        device: torch.device,
    ) -> None:
        super().__init__(steps, device)
        self.data: Batch = (x, y, sample_weight)
        self.samples = check_lengths(x, y, sample_weight)
        if batch_size is not None and (not isinstance(batch_size, int) or batch_size < 1):
            raise DataError(f"batch_size is {batch_size!r}.", hint="Give a whole number of at least 1.")
        self.batch_size = batch_size or (ceil(self.samples / steps) if steps else 32)
        self.shuffle = shuffle
        self.together = 1
        self._prepared: Batch | None = None

    @property
    def sample_bytes(self) -> int:
        """Size of one sample's inputs."""
        return sum(leaf.nbytes for leaf in flatten(self.data[0])) // self.samples

    @property
    def available_steps(self) -> int:
        """Number of batches in the data."""
        return ceil(self.samples / self.batch_size)

    def first(self) -> Batch:
        """The first sample of each tensor."""
        return _cut(self.data, 1, self.device)

    def arrange(self, arrange: Arrange, dtypes: list[torch.dtype | None]) -> None:
        """Brings all data into the form a model wants, once."""
        super().arrange(arrange, dtypes)
        x, y, weight = arrange(*self.data)
        leaves = flatten(x)
        self._dtypes = [None] * len(leaves)
        for place, (leaf, dtype) in enumerate(zip(leaves, dtypes, strict=False)):
            if dtype is None or leaf.dtype == dtype:
                continue
            if leaf.numel() * dtype.itemsize > max(_CONVERTED_AT_ONCE, leaf.numel() * leaf.dtype.itemsize):
                self._dtypes[place] = dtype
            else:
                leaves[place] = leaf.to(dtype)
        x = packer(x)[0](leaves)
        self._prepared = self._placed((x, y, weight))

    def _placed(self, data: Batch) -> Batch:
        """The data on the device, if it has room for it; otherwise each batch is copied there."""
        size = sum(leaf.nbytes for leaf in flatten(data))
        if self.device.type == "cuda" and size > torch.cuda.mem_get_info(self.device)[0] // 4:
            return data
        return tuple(map_leaves(lambda leaf: leaf.to(self.device), data))

    def one_pass(self) -> Iterator[Batch]:
        """All batches, in a new order if they are shuffled."""
        data = self._prepared or self.data
        leaves = flatten(data)
        convert = self._converter(leaves)
        pack_x, behind = packer(data[0])
        pack_y, behind = packer(data[1], behind)
        pack_weight, _ = packer(data[2], behind)
        for parts in self._parts(leaves):
            converted = parts if convert is None else convert(parts)
            yield pack_x(converted), pack_y(converted), pack_weight(converted)

    def _parts(self, leaves: list[torch.Tensor]) -> Iterator[Any]:
        """The batches as flat lists of tensors."""
        if not self.shuffle:
            size = self.batch_size * self.together
            yield from zip(*(leaf.split(size) for leaf in leaves), strict=True)
            return
        order = self._order()
        by_device = {leaf.device: order.to(leaf.device) for leaf in leaves}
        if sum(leaf.nbytes for leaf in leaves) <= _SMALL:
            mixed = [leaf.index_select(0, by_device[leaf.device]) for leaf in leaves]
            yield from zip(*(leaf.split(self.batch_size) for leaf in mixed), strict=True)
            return
        chosen = {device: ids.split(self.batch_size) for device, ids in by_device.items()}
        for step in range(self.available_steps):
            yield [leaf.index_select(0, chosen[leaf.device][step]) for leaf in leaves]

    def _order(self) -> torch.Tensor:
        if self.shuffle != "batch":
            return torch.randperm(self.samples)
        starts = range(0, self.samples, self.batch_size)
        return torch.cat(
            [start + torch.randperm(min(self.batch_size, self.samples - start)) for start in starts]
        )

    def _converter(self, leaves: list[torch.Tensor]) -> Any:
        """Function that gives a batch its element types and device, or None if it has them."""
        dtypes = [*self._dtypes, *[None] * (len(leaves) - len(self._dtypes))]
        if not any(dtypes) and all(leaf.device == self.device for leaf in leaves):
            return None

        def convert(parts: Any) -> list[torch.Tensor]:
            moved = [on_device(part, self.device) for part in parts]
            return [
                part if dtype is None else part.to(dtype) for part, dtype in zip(moved, dtypes, strict=True)
            ]

        return convert


def _cut(data: Batch, samples: int, device: torch.device) -> Batch:
    return tuple(map_leaves(lambda leaf: leaf[:samples].to(device), data))
