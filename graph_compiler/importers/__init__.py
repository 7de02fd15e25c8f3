"""Importers: models and files of models as designs."""

from graph_compiler.importers.code import import_code
from graph_compiler.importers.files import import_file, import_json
from graph_compiler.importers.models import import_model, lower_with_weights, put_weights
from graph_compiler.importers.result import Imported

__all__ = [
    "Imported",
    "import_code",
    "import_file",
    "import_json",
    "import_model",
    "lower_with_weights",
    "put_weights",
]
