import pytest

from tests.smtp_sink import smtp_sink

from .machine import machine


@pytest.fixture(scope="session")
def sink():
    with smtp_sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def whole(sink):
    """The machine of the short tests; proofs make their own."""
    with machine(sink.port) as made:
        yield made
