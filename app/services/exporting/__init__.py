"""Taking a model away: its forms, the job that writes one, and the receipt that it is the designed model."""

from app.services.exporting.kind import Kind, file_stem
from app.services.exporting.kinds import KINDS
from app.services.exporting.parity import Receipt
from app.services.exporting.prepared import Order, Prepared, begin, latest, order_of, prepared

__all__ = [
    "KINDS",
    "Kind",
    "Order",
    "Prepared",
    "Receipt",
    "begin",
    "file_stem",
    "latest",
    "order_of",
    "prepared",
]
