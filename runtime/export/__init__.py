"""Models for other programs: what they compute, without the Python that made them."""

from runtime.export.choosing import export_model
from runtime.export.onnx_file import export_onnx
from runtime.export.receipt import ExportReceipt
from runtime.export.torch_file import export_torch

__all__ = ["ExportReceipt", "export_model", "export_onnx", "export_torch"]
