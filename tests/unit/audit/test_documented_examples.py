"""Examples in docstrings are true."""

import doctest

import pytest

from audit import suppression
from audit.charts import figures, svg


@pytest.mark.parametrize("module", [suppression, figures, svg], ids=lambda module: module.__name__)
def test_examples(module):
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed
