"""One small training, shared by the tests that only look at it."""

import pytest

from tests.unit.models.made_up_hospital import make_hospital, train_quickly


@pytest.fixture(scope="session")
def hospital():
    return make_hospital()


@pytest.fixture(scope="session")
def trained(hospital):
    return train_quickly(*hospital)
