"""HDF5 files whose members lead elsewhere, lie about their size, or are packed to burst."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.runtime.saving.hostile.attacks import Attack, good, members, spoiled, spoiled_hdf5, write_archive

Spoil = Callable[[h5py.Group, str, Path], None]


def _in_place(make: Callable[[h5py.Group, str, Path], Any]) -> Spoil:
    """Puts something in place of the kernel."""

    def spoil(group: h5py.Group, name: str, marker: Path) -> None:
        del group[name]
        make(group, name, marker)

    return spoil


def _outside(marker: Path) -> str:
    """A file that must not be read: whoever opens it waits for ever."""
    pipe = marker.with_suffix(".pipe")
    if not pipe.exists():
        os.mkfifo(pipe)
    return str(pipe)


def _virtual(marker: Path) -> h5py.VirtualLayout:
    layout = h5py.VirtualLayout((4, 6), "f4")
    layout[:] = h5py.VirtualSource(_outside(marker), "x", shape=(4, 6))
    return layout


def _raised(group: h5py.Group, steps: int) -> tuple[h5py.Group, str]:
    """The group so many steps above, and the name below it."""
    names = [part for part in str(group.name).split("/") if part]
    name = names[len(names) - steps]
    return group.file["/" + "/".join(names[: len(names) - steps])], name


def _above(steps: int, link: Callable[[Path], Any]) -> Spoil:
    """A link in place of a group above the kernel."""

    def spoil(group: h5py.Group, name: str, marker: Path) -> None:
        parent, own = _raised(group, steps)
        del parent[own]
        parent[own] = link(marker)

    return spoil


def _circle(group: h5py.Group, name: str, marker: Path) -> None:
    del group[name]
    group[name] = group.file["/"]


def _more_circles(group: h5py.Group, name: str, marker: Path) -> None:
    group["again"] = group
    group.file["round"] = group.file["/"]


def _own_filter(group: h5py.Group, name: str, marker: Path) -> None:
    """A filter that HDF5 would look for among the plugins of the machine."""
    space, plan = h5py.h5s.create_simple((4, 6)), h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((4, 6))
    plan.set_filter(h5py.h5z.FILTER_SCALEOFFSET if name == "none" else 32_015, h5py.h5z.FLAG_OPTIONAL, ())
    h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, plan)


def _many_filters(group: h5py.Group, name: str, marker: Path) -> None:
    """Zeros packed 20 times over."""
    space, plan = h5py.h5s.create_simple((64, 2**18)), h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plan.set_chunk((1, 2**18))
    for _ in range(20):
        plan.set_deflate(9)
    data = h5py.Dataset(h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, plan))
    data[0] = np.zeros(2**18, "f4")


def _packed_zeros(group: h5py.Group, name: str, marker: Path) -> None:
    """What is written is 16 MiB, what is claimed 16 GiB."""
    data = group.create_dataset(name, (2**12, 2**20), "f4", chunks=(1, 2**20), compression="gzip")
    for row in range(4):
        data[row] = 0.0


def _references(group: h5py.Group, name: str, marker: Path) -> None:
    group.create_dataset(name, (4, 6), h5py.ref_dtype)[:] = group.ref


TABLE: dict[str, dict[str, Spoil]] = {
    "links out of the file": {
        "external, dataset": _in_place(
            lambda g, n, m: g.__setitem__(n, h5py.ExternalLink(_outside(m), "/x"))
        ),
        "external, group": _above(1, lambda m: h5py.ExternalLink(_outside(m), "/x")),
        "external, group above": _above(2, lambda m: h5py.ExternalLink(_outside(m), "/x")),
        "soft, dataset": _in_place(lambda g, n, m: g.__setitem__(n, h5py.SoftLink("/"))),
        "soft, group": _above(1, lambda m: h5py.SoftLink("/")),
        "soft, group above": _above(2, lambda m: h5py.SoftLink("/nowhere")),
        "soft, to itself": _in_place(lambda g, n, m: g.__setitem__(n, h5py.SoftLink(f"{g.name}/{n}"))),
    },
    "values out of the file": {
        "external storage": _in_place(
            lambda g, n, m: g.create_dataset(n, (4, 6), "f4", external=[(_outside(m), 0, 96)])
        ),
        "external storage of the system": _in_place(
            lambda g, n, m: g.create_dataset(n, (4, 6), "f4", external=[("/etc/passwd", 0, 96)])
        ),
        "virtual": _in_place(lambda g, n, m: g.create_virtual_dataset(n, _virtual(m))),
    },
    "links in circles": {"to the top": _circle},
    "filters": {
        "one to be loaded": _in_place(_own_filter),
        "many": _in_place(_many_filters),
        "packed zeros": _in_place(_packed_zeros),
    },
    "declared sizes": {
        "three GiB": _in_place(lambda g, n, m: g.create_dataset(n, (3 * 2**28,), "f4", chunks=(2**20,))),
        "four TiB": _in_place(lambda g, n, m: g.create_dataset(n, (2**40,), "f4", chunks=(2**20,))),
        "PiB": _in_place(lambda g, n, m: g.create_dataset(n, (2**40, 2**10), "f4", chunks=(2**10, 2**10))),
        "not yet stored": _in_place(lambda g, n, m: g.create_dataset(n, (2**30, 2**4), "f4")),
        "one axis too many": _in_place(lambda g, n, m: g.create_dataset(n, data=np.zeros((4, 6, 1), "f4"))),
        "other way round": _in_place(lambda g, n, m: g.create_dataset(n, data=np.zeros((6, 4), "f4"))),
        "no axis": _in_place(lambda g, n, m: g.create_dataset(n, data=np.float32(1))),
        "null": _in_place(lambda g, n, m: g.create_dataset(n, data=h5py.Empty("f4"))),
    },
    "weights of wrong kinds": {
        "texts": _in_place(lambda g, n, m: g.create_dataset(n, data=[["a"] * 6] * 4)),
        "fixed texts": _in_place(lambda g, n, m: g.create_dataset(n, data=np.full((4, 6), b"abcd"))),
        "compound": _in_place(
            lambda g, n, m: g.create_dataset(n, data=np.zeros((4, 6), [("a", "f4"), ("b", "f4")]))
        ),
        "lists": _in_place(lambda g, n, m: g.create_dataset(n, (4, 6), h5py.vlen_dtype("f4"))),
        "references": _in_place(_references),
        "opaque": _in_place(lambda g, n, m: g.create_dataset(n, data=np.zeros((4, 6), "V2"))),
        "arrays": _in_place(lambda g, n, m: g.create_dataset(n, (4, 6), np.dtype(("f4", (3,))))),
        "a group": _in_place(lambda g, n, m: g.create_group(n)),
        "a type": _in_place(lambda g, n, m: g.__setitem__(n, np.dtype("f4"))),
        "nothing": _in_place(lambda g, n, m: None),
    },
}


def _names_attacks() -> list[Attack]:
    """Lists of layers and weights that do not agree with what is there."""

    def listed(kind: str, spoil: Callable[[h5py.Group], Any]) -> Any:
        def make(path: Path, marker: Path) -> None:
            spoiled(path, good(kind), lambda file: spoil(file["model_weights"] if kind == "h5" else file))

        return make

    def set_names(where: str, name: str, value: Any) -> Callable[[h5py.Group], None]:
        return lambda group: (group[where] if where else group).attrs.__setitem__(name, value)

    def many_links(group: h5py.Group) -> None:
        """One array of 8 MB, listed as the weights of 400 layers."""
        data = group.create_dataset(
            "shared", data=np.random.default_rng(0).normal(size=2_000_000).astype("f4")
        )
        names = [f"l{number}" for number in range(400)]
        for name in names:
            group.create_group(name).attrs["weight_names"] = ["w"]
            group[name]["w"] = data
        group.attrs["layer_names"] = names

    table: dict[str, Callable[[h5py.Group], Any]] = {
        "numbers for names": set_names("hidden", "weight_names", [1, 2]),
        "one text for names": set_names("", "layer_names", "hidden"),
        "names that lead out": set_names("hidden", "weight_names", ["/a", "../b"]),
        "too few names": set_names("", "layer_names", ["hidden"]),
        "one name many times": set_names("", "layer_names", ["hidden"] * 3_000),
        "names that are not there": set_names("", "layer_names", ["a" * 60] * 900),
        "names of control characters": set_names("", "layer_names", ["\x1b[2J\u202e<script>", "x"]),
        "one array many times": many_links,
        "no names": lambda group: group.attrs.__delitem__("layer_names"),
    }
    found: list[Attack] = []
    for kind in ("h5", "old weights"):
        for name, spoil in table.items():
            mechanism = "endless lists" if "many times" in name else "broken files"
            found.append(Attack(mechanism, name, kind, listed(kind, spoil), "refused"))
        found.append(Attack("endless lists", "many parts", kind, listed(kind, _many_parts), "refused"))
    return found


def _many_parts(group: h5py.Group) -> None:
    """A list of names in 4,000 parts, none of which is the last."""
    del group.attrs["layer_names"]
    for number in range(4_000):
        group.attrs[f"layer_names{number}"] = ["hidden"]


def _many_empty(group: h5py.Group, name: str, marker: Path) -> None:
    """3,000 layers that claim a megabyte each and store nothing."""
    for number in range(3_000):
        group.file.create_dataset(f"layers/dense_{number + 9}/vars/0", (2**18,), "f4", chunks=(2**14,))
    del group[name]


def _circles_attacks() -> list[Attack]:
    found = [
        attack
        for name in ("further ones",)
        for attack in spoiled_hdf5("links in circles", name, _more_circles)
    ]

    def whole(path: Path, marker: Path) -> None:
        inner = path.with_suffix(".inner")
        spoiled(inner, members()["model.weights.h5"], lambda file: _more_circles(file["layers"], "", marker))
        write_archive(path, {"model.weights.h5": inner.read_bytes()})

    return [*found, Attack("links in circles", "looked at", "keras", whole, way="inspect_model")]


def hdf5_attacks() -> list[Attack]:
    """All of them."""
    found = [
        attack
        for mechanism, table in TABLE.items()
        for name, spoil in table.items()
        for attack in spoiled_hdf5(mechanism, name, spoil, "refused")
    ]
    lists = [
        Attack("endless lists", "layers without contents", "weights", _endless_tree, way=way)
        for way in ("load_weights", "inspect_model")
    ]
    return [*found, *_names_attacks(), *_circles_attacks(), *lists]


def _endless_tree(path: Path, marker: Path) -> None:
    spoiled(path, good("weights"), lambda file: _many_empty(file["layers/dense/vars"], "0", marker))
