"""What a run says while it works: stages announce themselves, whoever listens shows them."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One announcement. ``fraction`` is between 0 and 1 within the stage, None when it cannot be known."""

    stage: str
    words: str
    fraction: float | None = None


Listener = Callable[[Step], None]
_listeners: list[Listener] = []


def announce(stage: str, words: str, fraction: float | None = None) -> None:
    """Tell the listeners; without any this does nothing."""
    for listener in _listeners:
        listener(Step(stage, words, fraction))


@contextlib.contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Add a listener for the duration of a block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
