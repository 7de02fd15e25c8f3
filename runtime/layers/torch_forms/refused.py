"""The layers that are not written in PyTorch, and why."""

from runtime.layers.core import InputLayer
from runtime.layers.gru import GRUCell
from runtime.layers.hashing import HashedCrossing, Hashing
from runtime.layers.histograms import ContrastLimitedAdaptiveHistogramEqualization
from runtime.layers.lookups import IntegerLookup, StringLookup
from runtime.layers.lstm import LSTMCell
from runtime.layers.pipeline import MaxNumBoundingBoxes, Pipeline
from runtime.layers.simple_rnn import SimpleRNNCell
from runtime.layers.stacked_cells import StackedRNNCells
from runtime.layers.text_vectorization import TextVectorization
from runtime.layers.torch_forms.registration import REFUSED

_CELL = "it is one step of a recurrent layer, which only such a layer runs"
_TEXT = "PyTorch's tensors hold no texts"

REFUSED.update(
    {
        InputLayer: "it is an argument of `forward`",
        GRUCell: _CELL,
        LSTMCell: _CELL,
        SimpleRNNCell: _CELL,
        StackedRNNCells: _CELL,
        Hashing: _TEXT,
        HashedCrossing: _TEXT,
        StringLookup: _TEXT,
        TextVectorization: _TEXT,
        IntegerLookup: "its vocabulary is a table for data that stand outside of the model",
        Pipeline: "it prepares data outside of the model",
        MaxNumBoundingBoxes: "it works on boxes, which no tensor of a design holds",
        ContrastLimitedAdaptiveHistogramEqualization: "it counts the shades of each part of a picture, "
        "and needs a library of image functions",
    }
)
