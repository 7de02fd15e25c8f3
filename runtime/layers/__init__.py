"""Layers: the steps a model is made of."""

from runtime.layers.activation_layers import ELU, LeakyReLU, PReLU, ReLU, Softmax
from runtime.layers.adaptive_pooling import (
    AdaptiveAveragePooling1D,
    AdaptiveAveragePooling2D,
    AdaptiveAveragePooling3D,
    AdaptiveMaxPooling1D,
    AdaptiveMaxPooling2D,
    AdaptiveMaxPooling3D,
)
from runtime.layers.attention import MultiHeadAttention
from runtime.layers.base import Layer
from runtime.layers.batch_normalization import BatchNormalization
from runtime.layers.category_encoding import CategoryEncoding
from runtime.layers.conv_lstm import ConvLSTM1D, ConvLSTM2D, ConvLSTM3D
from runtime.layers.convolution import Conv1D, Conv2D, Conv3D
from runtime.layers.core import Activation, Dense, Identity, Input, InputLayer
from runtime.layers.discretization import Discretization
from runtime.layers.edges import (
    Cropping1D,
    Cropping2D,
    Cropping3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)
from runtime.layers.einsum_dense import EinsumDense
from runtime.layers.embedding import Embedding, Masking
from runtime.layers.feature_normalization import Normalization
from runtime.layers.global_pooling import (
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
)
from runtime.layers.group_normalization import GroupNormalization
from runtime.layers.grouped_attention import GroupQueryAttention
from runtime.layers.gru import GRU, GRUCell
from runtime.layers.hashing import HashedCrossing, Hashing
from runtime.layers.histograms import AutoContrast, ContrastLimitedAdaptiveHistogramEqualization, Equalization
from runtime.layers.input_spec import InputSpec
from runtime.layers.joining import Concatenate, Dot, concatenate, dot
from runtime.layers.lambda_layer import Lambda
from runtime.layers.layer_normalization import LayerNormalization
from runtime.layers.lookups import IntegerLookup, StringLookup
from runtime.layers.lstm import LSTM, LSTMCell
from runtime.layers.merging import (
    Add,
    Average,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    maximum,
    minimum,
    multiply,
    subtract,
)
from runtime.layers.operations import Operation
from runtime.layers.other_names import (
    AvgPool1D,
    AvgPool2D,
    AvgPool3D,
    Convolution1D,
    Convolution1DTranspose,
    Convolution2D,
    Convolution2DTranspose,
    Convolution3D,
    Convolution3DTranspose,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalAvgPool3D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    SeparableConvolution1D,
    SeparableConvolution2D,
)
from runtime.layers.pipeline import MaxNumBoundingBoxes, Pipeline
from runtime.layers.pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from runtime.layers.preprocessing import Rescaling
from runtime.layers.random_colors import (
    RandomColorDegeneration,
    RandomGrayscale,
    RandomHue,
    RandomSaturation,
)
from runtime.layers.random_focus import RandomGaussianBlur, RandomSharpness
from runtime.layers.random_geometry import RandomFlip, RandomRotation, RandomTranslation, RandomZoom
from runtime.layers.random_light import (
    RandomBrightness,
    RandomContrast,
    RandomInvert,
    RandomPosterization,
    Solarization,
)
from runtime.layers.random_mixing import CutMix, MixUp, RandomErasing
from runtime.layers.random_policies import AugMix, RandAugment, RandomColorJitter
from runtime.layers.random_warps import RandomElasticTransform, RandomPerspective, RandomShear
from runtime.layers.recurrent import RNN
from runtime.layers.registration import deserialize, layer_names, layer_spec, registry, serialize
from runtime.layers.regularization import (
    ActivityRegularization,
    AlphaDropout,
    Dropout,
    GaussianDropout,
    GaussianNoise,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from runtime.layers.reshaping import Flatten, Permute, RepeatVector, Reshape
from runtime.layers.resizing import CenterCrop, RandomCrop, Resizing
from runtime.layers.reversible_embedding import ReversibleEmbedding
from runtime.layers.score_attention import AdditiveAttention, Attention
from runtime.layers.separable_convolution import (
    DepthwiseConv1D,
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
)
from runtime.layers.simple_rnn import SimpleRNN, SimpleRNNCell
from runtime.layers.spectral_normalization import SpectralNormalization
from runtime.layers.spectrograms import MelSpectrogram, STFTSpectrogram
from runtime.layers.stacked_cells import StackedRNNCells
from runtime.layers.text_vectorization import TextVectorization
from runtime.layers.torch_module_wrapper import TorchModuleWrapper
from runtime.layers.transposed_convolution import Conv1DTranspose, Conv2DTranspose, Conv3DTranspose
from runtime.layers.unit_normalization import RMSNormalization, UnitNormalization
from runtime.layers.up_sampling import UpSampling1D, UpSampling2D, UpSampling3D
from runtime.layers.wrappers import Bidirectional, TimeDistributed, Wrapper

__all__ = [
    "ELU",
    "GRU",
    "LSTM",
    "RNN",
    "Activation",
    "ActivityRegularization",
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "Add",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "AugMix",
    "AutoContrast",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "Bidirectional",
    "CategoryEncoding",
    "CenterCrop",
    "Concatenate",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "CutMix",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Discretization",
    "Dot",
    "Dropout",
    "EinsumDense",
    "Embedding",
    "Equalization",
    "Flatten",
    "GRUCell",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "Input",
    "InputLayer",
    "InputSpec",
    "IntegerLookup",
    "LSTMCell",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxNumBoundingBoxes",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "MelSpectrogram",
    "Minimum",
    "MixUp",
    "MultiHeadAttention",
    "Multiply",
    "Normalization",
    "Operation",
    "PReLU",
    "Permute",
    "Pipeline",
    "RMSNormalization",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomCrop",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "ReversibleEmbedding",
    "STFTSpectrogram",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "SimpleRNN",
    "SimpleRNNCell",
    "Softmax",
    "Solarization",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "Subtract",
    "TextVectorization",
    "TimeDistributed",
    "TorchModuleWrapper",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "layer_names",
    "layer_spec",
    "maximum",
    "minimum",
    "multiply",
    "registry",
    "serialize",
    "subtract",
]
