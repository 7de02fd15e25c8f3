"""The same models by hand. Pictures have their channels first, as torch's own examples have them."""

from collections.abc import Callable

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.benchmarks.speed.models import LAYERS_OF_DEEP


def tiny() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))


def mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))


def cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(800, 10),
    )


class LSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(1000, 32)
        self.lstm = nn.LSTM(32, 32, batch_first=True)
        self.last = nn.Linear(32, 2)

    def forward(self, ids: Tensor) -> Tensor:
        return self.last(self.lstm(self.embedding(ids))[0][:, -1])


class Block(nn.Module):
    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(channels, filters, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(),
            nn.Conv2d(filters, filters, 3, padding=1, bias=False),
            nn.BatchNorm2d(filters),
        )
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1:
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.shortcut(x) + self.inner(x))


def resnet20() -> nn.Module:
    layers: list[nn.Module] = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    channels = 16
    for stage, filters in enumerate((16, 32, 64)):
        for number in range(3):
            layers.append(Block(channels, filters, 2 if stage and number == 0 else 1))
            channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Deep(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.ModuleList(nn.Linear(16, 16) for _ in range(LAYERS_OF_DEEP // 2))
        self.last = nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.hidden:
            x = x + F.relu(layer(x))
        return self.last(x)


class TwoHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.kind, self.size = nn.Linear(64, 64), nn.Linear(64, 10), nn.Linear(64, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        hidden = torch.relu(self.hidden(x))
        return self.kind(hidden), self.size(hidden)


MODELS: dict[str, Callable[[], nn.Module]] = {
    "tiny": tiny,
    "mlp": mlp,
    "cnn": cnn,
    "lstm": LSTM,
    "resnet20": resnet20,
    "deep": Deep,
    "two_heads": TwoHeads,
}
