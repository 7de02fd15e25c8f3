"""Each public name of these modules of Keras is here, with its arguments, or left out for a reason."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import inspect
import subprocess
import sys

import keras
import pytest

import runtime

NO_TOP_FAMILY = "another family of models; those asked for in lessons are here"
LEFT_OUT = {
    "utils": {
        "Config": "a dict with another name, used by nothing else in Keras",
        "FeatureSpace": "a pipeline of its own around preprocessing layers, which are here",
        "bounding_boxes": "for detection models that Keras itself does not have",
        "legacy": "only raises errors in Keras 3",
    },
    "applications": {
        name: NO_TOP_FAMILY
        for name in dir(keras.applications)
        if name.lower().startswith(
            ("convnext", "efficientnetv2", "efficientnet_v2", "inceptionres", "inception_res", "nasnet")
        )
        or name in ("MobileNet", "MobileNetV3Large", "MobileNetV3Small", "mobilenet", "mobilenet_v3")
    },
    "datasets": {},
}
OTHER_SIGNATURE = {
    "CustomObjectScope": "takes several dicts",
    "custom_object_scope": "takes several dicts",
    "deserialize_keras_object": "takes further arguments under another name",
    "get_registered_name": "parameter names of its own",
    "get_registered_object": "parameter names of its own",
    "Sequence": "is PyDataset",
}
NAMES = [
    (module, name)
    for module in LEFT_OUT
    for name in dir(getattr(keras, module))
    if not name.startswith("_") and (module, name) not in (("utils", "Sequence"),)
]


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_each_name_of_keras_is_here_or_left_out_for_a_reason(module, name):
    ours = getattr(getattr(runtime, module), name, None)
    if name in LEFT_OUT[module]:
        assert ours is None, "it is here: take it off the list"
        return
    assert ours is not None
    assert name in getattr(runtime, module).__all__
    theirs = getattr(getattr(keras, module), name)
    if inspect.ismodule(theirs) or name in OTHER_SIGNATURE:
        return
    found, expected = (
        [(one.name, one.default) for one in inspect.signature(function).parameters.values()]
        for function in (ours, theirs)
    )
    assert found == expected


def test_what_few_programs_need_is_loaded_on_demand():
    program = (
        "import sys, runtime; "
        "assert not {'runtime.applications', 'runtime.datasets', 'runtime.utils', 'PIL'} & set(sys.modules); "
        "assert runtime.applications.VGG16 and runtime.datasets.mnist and runtime.utils.plot_model"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_an_unknown_name_is_told():
    with pytest.raises(AttributeError, match="'application'"):
        runtime.application  # noqa: B018
