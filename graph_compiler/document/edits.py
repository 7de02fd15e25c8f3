"""Edits: the undoable commands that canvas, inspector, importers and quick fixes speak.

An edit is a value. `applying.apply` says what it does and gives the edit that takes it back.
"""

from typing import Annotated, Literal

from pydantic import Field

from graph_compiler.document.edges import Edge
from graph_compiler.document.graph import Group, StickyNote
from graph_compiler.document.nodes import Node
from graph_compiler.document.settings import CompileSettings, DataBinding, TrainingSettings
from graph_compiler.document.values import Id, Json, Record, Text


class AddNode(Record):
    """Put a new layer into the document.

    Args:
        node: The layer.
        before: Id of the node it comes before in the document's order; None for the end.
    """

    op: Literal["add_node"] = "add_node"
    node: Node
    before: Id | None = None


class DeleteNodes(Record):
    """Take layers away, together with the wires at them, and further wires.

    Args:
        nodes: Ids of the layers.
        edges: Ids of wires to take away besides.
    """

    op: Literal["delete_nodes"] = "delete_nodes"
    nodes: tuple[Id, ...] = ()
    edges: tuple[Id, ...] = ()


class Connect(Record):
    """Draw a wire.

    Args:
        edge: The wire.
        before: Id of the wire it comes before in the document's order; None for the end.
    """

    op: Literal["connect"] = "connect"
    edge: Edge
    before: Id | None = None


class MoveNodes(Record):
    """Move layers on the canvas.

    Args:
        positions: The new (x, y) by node id.
    """

    op: Literal["move_nodes"] = "move_nodes"
    positions: dict[Id, tuple[float, float]]


class SetParam(Record):
    """Give a parameter of a layer a value, or back its default.

    Args:
        node: Id of the layer.
        param: Name of the parameter.
        value: The new value.
        remove: True to forget the parameter, so that the layer's default holds.
    """

    op: Literal["set_param"] = "set_param"
    node: Id
    param: Text
    value: Json = None
    remove: bool = False


class SetSetting(Record):
    """Give a call setting of a layer a value, or back its default.

    Args:
        node: Id of the layer.
        setting: Name of the setting.
        value: The new value.
        remove: True to forget the setting, so that the layer's default holds.
    """

    op: Literal["set_setting"] = "set_setting"
    node: Id
    setting: Text
    value: Json = None
    remove: bool = False


class RenameNode(Record):
    """Call a layer something else.

    Args:
        node: Id of the layer.
        name: The new name.
    """

    op: Literal["rename_node"] = "rename_node"
    node: Id
    name: Text


class SetNote(Record):
    """Write the note of a layer.

    Args:
        node: Id of the layer.
        note: The new note.
    """

    op: Literal["set_note"] = "set_note"
    node: Id
    note: str = Field(max_length=10_000)


class SetBypassed(Record):
    """Leave a layer out of the model, or take it in again.

    Args:
        node: Id of the layer.
        bypassed: True to leave it out.
    """

    op: Literal["set_bypassed"] = "set_bypassed"
    node: Id
    bypassed: bool


class SetStickyNote(Record):
    """Put, change or take away words on the canvas.

    Args:
        id: Id of the sticky note.
        sticky_note: The sticky note as it should be; None takes it away.
    """

    op: Literal["set_sticky_note"] = "set_sticky_note"
    id: Id
    sticky_note: StickyNote | None


class SetGroup(Record):
    """Make, change or take away a frame; its nodes stay.

    Args:
        id: Id of the frame.
        group: The frame as it should be; None takes it away.
    """

    op: Literal["set_group"] = "set_group"
    id: Id
    group: Group | None


class SetCompile(Record):
    """Choose optimizer, loss and metrics.

    Args:
        compile: The new settings.
    """

    op: Literal["set_compile"] = "set_compile"
    compile: CompileSettings


class SetTraining(Record):
    """Choose epochs, batch size and the like.

    Args:
        training: The new settings.
    """

    op: Literal["set_training"] = "set_training"
    training: TrainingSettings


class BindData(Record):
    """Choose the data set, or none.

    Args:
        data: The new choice.
    """

    op: Literal["bind_data"] = "bind_data"
    data: DataBinding | None


class RenameDocument(Record):
    """Call the model something else.

    Args:
        name: The new name.
    """

    op: Literal["rename_document"] = "rename_document"
    name: Text


class Batch(Record):
    """Several edits as one step: all are done, or none.

    Args:
        edits: What to do, in order.
    """

    op: Literal["batch"] = "batch"
    edits: tuple["Edit", ...] = ()


Edit = Annotated[
    AddNode
    | DeleteNodes
    | Connect
    | MoveNodes
    | SetParam
    | SetSetting
    | RenameNode
    | SetNote
    | SetBypassed
    | SetGroup
    | SetStickyNote
    | SetCompile
    | SetTraining
    | BindData
    | RenameDocument
    | Batch,
    Field(discriminator="op"),
]
"""Any edit; in JSON its "op" says which."""

Batch.model_rebuild()
