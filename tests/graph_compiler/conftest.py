"""How thoroughly the property tests of this folder look."""

import pytest
from hypothesis import settings

settings.register_profile("graph_compiler", max_examples=40, deadline=None)


@pytest.fixture(autouse=True, scope="package")
def _profile():
    before = settings.get_current_profile_name()
    settings.load_profile("graph_compiler")
    yield
    settings.load_profile(before)
