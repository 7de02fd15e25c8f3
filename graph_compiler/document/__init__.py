"""The document: nodes, wires and settings of a design, its file form and its edits."""

from graph_compiler.document.applying import apply
from graph_compiler.document.diffing import diff_edits
from graph_compiler.document.edges import Edge
from graph_compiler.document.edits import (
    AddNode,
    Batch,
    BindData,
    Connect,
    DeleteNodes,
    Edit,
    MoveNodes,
    RenameDocument,
    RenameNode,
    SetBypassed,
    SetCompile,
    SetGroup,
    SetNote,
    SetParam,
    SetSetting,
    SetStickyNote,
    SetTraining,
)
from graph_compiler.document.errors import DocumentError
from graph_compiler.document.graph import SCHEMA_VERSION, GraphDocument, Group, StickyNote
from graph_compiler.document.json_file import dump_document, load_document
from graph_compiler.document.naming import name_problem, new_edge_id, new_node_id, propose_name
from graph_compiler.document.nodes import Node
from graph_compiler.document.settings import CompileSettings, Configured, DataBinding, TrainingSettings
from graph_compiler.document.wire import from_canvas, to_canvas

__all__ = [
    "SCHEMA_VERSION",
    "AddNode",
    "Batch",
    "BindData",
    "CompileSettings",
    "Configured",
    "Connect",
    "DataBinding",
    "DeleteNodes",
    "DocumentError",
    "Edge",
    "Edit",
    "GraphDocument",
    "Group",
    "MoveNodes",
    "Node",
    "RenameDocument",
    "RenameNode",
    "SetBypassed",
    "SetCompile",
    "SetGroup",
    "SetNote",
    "SetParam",
    "SetSetting",
    "SetStickyNote",
    "SetTraining",
    "StickyNote",
    "TrainingSettings",
    "apply",
    "diff_edits",
    "dump_document",
    "from_canvas",
    "load_document",
    "name_problem",
    "new_edge_id",
    "new_node_id",
    "propose_name",
    "to_canvas",
]
