"""Every layer of the registry does what the real Keras's does, for drawn arguments and inputs."""

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.runtime.drawn import examples
from tests.runtime.layers.cases import cases, names
from tests.runtime.layers.comparison import compare


@pytest.mark.parametrize("name", names())
@given(data=st.data())
@examples(8)
def test_a_drawn_layer_is_keras_layer(name, data):
    event(compare(data.draw(cases(name))))
