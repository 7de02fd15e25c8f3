import importlib

import pytest


@pytest.mark.parametrize("package", ["", ".document", ".checks", ".codegen", ".comparison", ".measures"])
def test_public_names_are_there_and_sorted(package):
    module = importlib.import_module(f"graph_compiler{package}")
    names = module.__all__
    constants = [name for name in names if name.isupper()]
    classes = [name for name in names if name[0].isupper() and not name.isupper()]
    functions = [name for name in names if name[0].islower()]
    assert names == sorted(constants) + sorted(classes) + sorted(functions)
    assert all(hasattr(module, name) for name in names)
    own = {
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", "").startswith("graph_compiler") and not name.startswith("_")
    }
    assert own <= set(names), "imported, but not exported"
