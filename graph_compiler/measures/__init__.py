"""What a design costs and sees: parameters, products, memory, receptive fields."""

from graph_compiler.measures.measuring import LayerMeasures, Measures, measure
from graph_compiler.measures.memory import TrainingMemory
from graph_compiler.measures.receptive_fields import FieldAxis, ReceptiveField
from graph_compiler.measures.reporting import costliest, measures_csv, measures_table

__all__ = [
    "FieldAxis",
    "LayerMeasures",
    "Measures",
    "ReceptiveField",
    "TrainingMemory",
    "costliest",
    "measure",
    "measures_csv",
    "measures_table",
]
