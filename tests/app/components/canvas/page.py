"""A page with nothing but a canvas, a palette made up for it, and probes for the tests to wait on."""

import json

import streamlit as st

from app.components.canvas import canvas, draw_graph, read_state, send

KEY = "canvas"

PALETTE = [
    {
        "layer": layer,
        "label": label,
        "group": group,
        "summary": summary,
        "inputs": [
            {"name": name.strip("?*"), "optional": "?" in name, "variadic": "*" in name} for name in inputs
        ],
        "outputs": outputs,
        "params": params,
    }
    for layer, label, group, summary, inputs, outputs, params in [
        ("InputLayer", "Input", "Core", "Where data enters.", [], ["output"], {"shape": [28, 28, 1]}),
        (
            "Dense",
            "Dense",
            "Core",
            "Weighs every input.",
            ["inputs"],
            ["output"],
            {"units": 64, "activation": None},
        ),
        ("Flatten", "Flatten", "Core", "Makes one row of numbers.", ["inputs"], ["output"], {}),
        (
            "Embedding",
            "Embedding",
            "Core",
            "Turns ids into vectors.",
            ["inputs"],
            ["output"],
            {"input_dim": 1000},
        ),
        (
            "Conv2D",
            "Conv2D",
            "Convolution",
            "Looks for small patterns.",
            ["inputs"],
            ["output"],
            {"filters": 32, "kernel_size": 3, "activation": None},
        ),
        (
            "SeparableConv2D",
            "SeparableConv2D",
            "Convolution",
            "A lighter Conv2D.",
            ["inputs"],
            ["output"],
            {"filters": 32, "kernel_size": 3},
        ),
        (
            "MaxPooling2D",
            "MaxPooling2D",
            "Pooling",
            "Keeps the largest values.",
            ["inputs"],
            ["output"],
            {"pool_size": [2, 2]},
        ),
        (
            "Concatenate",
            "Concatenate",
            "Merging",
            "Puts inputs side by side.",
            ["inputs*"],
            ["output"],
            {"axis": -1},
        ),
        ("Add", "Add", "Merging", "Adds its inputs.", ["inputs*"], ["output"], {}),
        (
            "LSTM",
            "LSTM",
            "Recurrent",
            "Reads a sequence and remembers.",
            ["sequences", "hidden_state?", "cell_state?"],
            ["output", "hidden_state", "cell_state"],
            {"units": 16, "return_state": True},
        ),
        (
            "MultiHeadAttention",
            "MultiHeadAttention",
            "Attention",
            "Looks at the parts that matter.",
            ["query", "value", "key?", "attention_mask?"],
            ["output"],
            {"num_heads": 2, "key_dim": 16},
        ),
        ("Dropout", "Dropout", "Regularization", "Forgets at random.", ["inputs"], ["output"], {"rate": 0.5}),
        (
            "BatchNormalization",
            "BatchNormalization",
            "Normalization",
            "Evens out scales.",
            ["inputs"],
            ["output"],
            {"momentum": 0.99},
        ),
        (
            "Rescaling",
            "Rescaling",
            "Preprocessing",
            "Multiplies and shifts.",
            ["inputs"],
            ["output"],
            {"scale": 0.00392156862745098},
        ),
        ("ReLU", "ReLU", "Activation", "Cuts off below zero.", ["inputs"], ["output"], {}),
    ]
]


def node(node_id: str, layer: str, name: str, x: int, y: int, **params: object) -> dict[str, object]:
    return {
        "id": node_id,
        "layer": layer,
        "name": name,
        "params": params,
        "settings": {},
        "x": x,
        "y": y,
        "note": "",
    }


def wire(
    edge_id: str, source: str, target: str, port: str = "inputs", slot: int = 0, output: str = "output"
) -> dict[str, object]:
    return {
        "id": edge_id,
        "source": source,
        "source_port": output,
        "target": target,
        "target_port": port,
        "slot": slot,
    }


DESIGNS = {
    "empty": {"nodes": [], "edges": []},
    "chain": {
        "nodes": [
            node("n_in", "InputLayer", "image", 0, 0, shape=[28, 28, 1]),
            node("n_a", "Dense", "hidden", 300, 0, units=64, activation="relu"),
            node("n_b", "Dense", "scores", 600, 0, units=10, activation="softmax"),
        ],
        "edges": [wire("e_1", "n_in", "n_a")],
    },
    "gallery": {
        "nodes": [
            node("n_1", "InputLayer", "image", 0, 0, shape=[28, 28, 1]),
            node("n_2", "Rescaling", "scale", 290, 0, scale=0.00392156862745098),
            node("n_3", "Conv2D", "edges", 580, 0, filters=32, kernel_size=3, activation="relu"),
            node("n_4", "MaxPooling2D", "max_pooling2d", 870, 0, pool_size=[2, 2]),
            node("n_5", "Flatten", "flatten", 1160, 0),
            node("n_6", "InputLayer", "words", 0, 260, shape=[40]),
            node("n_7", "Embedding", "embedding", 290, 260, input_dim=1000),
            node("n_8", "LSTM", "reader", 580, 230, units=16, return_state=True),
            node("n_9", "MultiHeadAttention", "attention", 870, 240, num_heads=2, key_dim=16),
            node("n_10", "Concatenate", "together", 1450, 120, axis=-1),
            node("n_11", "Dense", "scores", 1740, 120, units=10, activation="softmax"),
        ],
        "edges": [
            wire("e_1", "n_1", "n_2"),
            wire("e_2", "n_2", "n_3"),
            wire("e_3", "n_3", "n_4"),
            wire("e_4", "n_4", "n_5"),
            wire("e_5", "n_6", "n_7"),
            wire("e_6", "n_7", "n_8", "sequences"),
            wire("e_7", "n_8", "n_9", "query"),
            wire("e_8", "n_8", "n_9", "value", output="hidden_state"),
            wire("e_9", "n_5", "n_10"),
            wire("e_10", "n_9", "n_10", slot=1),
            wire("e_11", "n_10", "n_11"),
        ],
    },
}

GALLERY_NOTES = {
    "n_1": {"outputs": {"output": "batch × 28 × 28 × 1"}},
    "n_2": {"outputs": {"output": "batch × 28 × 28 × 1"}},
    "n_3": {"outputs": {"output": "batch × 26 × 26 × 32"}, "parameters": 320},
    "n_4": {"outputs": {"output": "batch × 13 × 13 × 32"}},
    "n_5": {"outputs": {"output": "batch × 5408"}},
    "n_6": {"outputs": {"output": "batch × 40"}},
    "n_7": {
        "outputs": {"output": "batch × 40 × 32"},
        "parameters": 32_000,
        "findings": [
            {
                "code": "NN310",
                "severity": "warning",
                "message": "The input holds decimal numbers, not word ids.",
                "hint": "Set the input's dtype to int32.",
                "port": "inputs",
            }
        ],
    },
    "n_8": {
        "outputs": {"output": "batch × 16", "hidden_state": "batch × 16", "cell_state": "batch × 16"},
        "parameters": 3136,
    },
    "n_9": {
        "findings": [
            {
                "code": "NN201",
                "severity": "error",
                "message": "query has 2 axes (batch × 16); attention wants 3: batch × steps × features.",
                "hint": "Turn on return_sequences in reader.",
                "port": "query",
            }
        ],
    },
    "n_10": {"outputs": {}},
}


def notes_for(design: str, nodes: list[dict[str, object]]) -> dict[str, object]:
    if design == "gallery":
        return GALLERY_NOTES
    return {str(item["id"]): {"outputs": {"output": "batch × 8"}, "parameters": 72} for item in nodes}


MARKUP = '<iframe srcdoc="<script>parent.hacked=1</script>"></iframe> **bold** [link](x)'


def picture() -> None:
    design = {
        "nodes": [node("a", "InputLayer", "image", 0, 0), node("b", "Dense", MARKUP, 320, 0)],
        "edges": [wire("e", "a", "b")],
    }
    clicked = draw_graph("picture", design, labels={"InputLayer": "Input"}, shapes={"a": "batch × 4"})
    st.text(f"clicked={clicked};")


def main() -> None:
    st.set_page_config(layout="wide", page_title="Canvas")
    design = st.query_params.get("design", "empty")
    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if design == "picture":
        picture()
        st.text(f"runs={st.session_state['runs']};")
        return
    place = st.sidebar.radio("Place", ["Canvas", "Elsewhere"])
    if place == "Elsewhere":
        st.write("Nothing here.")
        return
    epoch = f"{design}:{st.session_state.get('opening', 0)}"
    newest = read_state(KEY, epoch)
    document = newest.document if newest else st.session_state.get("kept", DESIGNS[design])

    left, middle, right = st.sidebar.columns(3)
    if left.button("Rename"):
        send(KEY, "set_node", node="n_a", name="renamed", params={"units": 99})
    if middle.button("Focus"):
        send(KEY, "focus", nodes=["n_b"])
    if right.button("Replace"):
        send(KEY, "replace", doc=DESIGNS["chain"])
    if st.sidebar.button("Add one"):
        send(KEY, "add_node", node={"layer": "Dense", "x": 0, "y": 400})
    if st.sidebar.button("Open anew"):
        st.session_state["opening"] = st.session_state.get("opening", 0) + 1
        st.rerun()

    state = canvas(
        KEY,
        document,
        epoch,
        notes=notes_for(design, document["nodes"]),
        palette=PALETTE,
        height=int(st.query_params.get("height", "640")),
    )
    st.session_state["kept"] = state.document
    names = {item["id"]: item["name"] for item in state.document["nodes"]}
    st.text(f"rev={state.rev}")
    st.text(f"selected={','.join(sorted(names.get(node_id, '?') for node_id in state.selected))};")
    st.text(f"names={','.join(sorted(names.values()))};")
    st.text(f"wires={len(state.document['edges'])};")
    st.text(f"runs={st.session_state['runs']};")
    with st.expander("document"):
        st.code(json.dumps(state.document), language=None)


main()
