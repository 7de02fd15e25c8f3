"""Random documents and edits for the property tests."""

from hypothesis import settings
from hypothesis import strategies as st

from graph_compiler.document import (
    AddNode,
    Batch,
    BindData,
    CompileSettings,
    Configured,
    Connect,
    DataBinding,
    DeleteNodes,
    Edge,
    GraphDocument,
    Group,
    MoveNodes,
    Node,
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
    StickyNote,
    TrainingSettings,
)

quickly = settings(max_examples=40, deadline=None)
"""How long the property tests of documents look: the machine that runs them may be busy."""

NODE_IDS = [f"n_{letter}" for letter in "abcdefgh"]
EDGE_IDS = [f"e_{letter}" for letter in "abcdefgh"]
GROUP_IDS = ["g_a", "g_b"]
STICKY_IDS = ["s_a", "s_b"]
numbers = st.floats(-1000, 1000)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | numbers | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
keys = st.sampled_from(["units", "activation", "rate"])
tables = st.dictionaries(keys, values, max_size=3)
names = st.sampled_from(["dense", "conv", "pool", "out"])
compiles = st.builds(
    CompileSettings,
    optimizer=st.sampled_from(["sgd", "adam"]),
    optimizer_params=tables,
    loss_params=tables,
    metric_params=st.dictionaries(st.just("accuracy"), tables),
)
configured = st.builds(Configured, name=st.sampled_from(["EarlyStopping", "CosineDecay"]), params=tables)
trainings = st.builds(
    TrainingSettings, epochs=st.integers(1, 9), callbacks=st.lists(configured, max_size=2).map(tuple)
)
bindings = st.none() | st.builds(DataBinding, dataset=st.sampled_from(["iris", "mnist"]))


def nodes(ids: st.SearchStrategy[str]) -> st.SearchStrategy[Node]:
    return st.builds(
        Node,
        id=ids,
        layer=st.sampled_from(["Dense", "Conv2D"]),
        name=names,
        params=tables,
        settings=tables,
        x=numbers,
        y=numbers,
        note=st.text(max_size=5),
        bypassed=st.booleans(),
    )


def stickies(key: str) -> st.SearchStrategy[StickyNote]:
    return st.builds(StickyNote, id=st.just(key), text=st.text(max_size=5), x=numbers, y=numbers)


@st.composite
def documents(draw: st.DrawFn) -> GraphDocument:
    ids = draw(st.lists(st.sampled_from(NODE_IDS), unique=True, max_size=6))
    edge_ids = draw(st.lists(st.sampled_from(EDGE_IDS), unique=True, max_size=6)) if ids else []
    group_ids = draw(st.lists(st.sampled_from(GROUP_IDS), unique=True))
    any_node = st.sampled_from(ids) if ids else st.nothing()
    return GraphDocument(
        name=draw(names),
        nodes={key: draw(nodes(st.just(key))) for key in ids},
        edges={
            key: draw(
                st.builds(Edge, id=st.just(key), source=any_node, target=any_node, slot=st.integers(0, 3))
            )
            for key in edge_ids
        },
        groups={
            key: Group(id=key, nodes=tuple(draw(st.lists(any_node, unique=True)) if ids else ()))
            for key in group_ids
        },
        sticky_notes={
            key: draw(stickies(key)) for key in draw(st.lists(st.sampled_from(STICKY_IDS), unique=True))
        },
        compile=draw(compiles),
        training=draw(trainings),
        data=draw(bindings),
    )


@st.composite
def edits_of(draw: st.DrawFn, document: GraphDocument, *, deep: bool = True):
    """An edit that fits the document."""
    choices: list[st.SearchStrategy[object]] = [
        st.builds(SetCompile, compile=compiles),
        st.builds(SetTraining, training=trainings),
        st.builds(BindData, data=bindings),
        st.builds(RenameDocument, name=names),
        st.sampled_from(STICKY_IDS).flatmap(
            lambda key: st.builds(SetStickyNote, id=st.just(key), sticky_note=st.none() | stickies(key))
        ),
    ]
    have = list(document.nodes)
    free = [key for key in NODE_IDS if key not in document.nodes]
    free_edges = [key for key in EDGE_IDS if key not in document.edges]
    if free:
        before = st.none() | st.sampled_from(have) if have else st.none()
        choices.append(st.builds(AddNode, node=nodes(st.sampled_from(free)), before=before))
    if have:
        some = st.lists(st.sampled_from(have), unique=True, max_size=3).map(tuple)
        one = st.sampled_from(have)
        wires = (
            st.lists(st.sampled_from(list(document.edges)), unique=True, max_size=3).map(tuple)
            if document.edges
            else st.just(())
        )
        choices += [
            st.builds(DeleteNodes, nodes=some, edges=wires),
            st.builds(MoveNodes, positions=st.dictionaries(one, st.tuples(numbers, numbers), max_size=3)),
            st.builds(SetParam, node=one, param=keys, value=values, remove=st.booleans()),
            st.builds(SetSetting, node=one, setting=keys, value=values, remove=st.booleans()),
            st.builds(RenameNode, node=one, name=names),
            st.builds(SetNote, node=one, note=st.text(max_size=5)),
            st.builds(SetBypassed, node=one, bypassed=st.booleans()),
            st.sampled_from(GROUP_IDS).flatmap(
                lambda key: st.builds(
                    SetGroup, id=st.just(key), group=st.none() | st.builds(Group, id=st.just(key), nodes=some)
                )
            ),
        ]
        if free_edges:
            edge = st.builds(Edge, id=st.sampled_from(free_edges), source=one, target=one)
            after = st.none() | st.sampled_from(list(document.edges)) if document.edges else st.none()
            choices.append(st.builds(Connect, edge=edge, before=after))
    if deep:
        steps = st.lists(edits_of(document, deep=False), max_size=1).map(tuple)
        choices.append(st.builds(Batch, edits=steps))
    return draw(st.one_of(choices))
