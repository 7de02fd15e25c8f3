"""How each function between layers is written in plain PyTorch."""

from runtime.layers.torch_forms.functions import elementwise, networks, products, reducing, refused, shaping

__all__ = ["elementwise", "networks", "products", "reducing", "refused", "shaping"]
