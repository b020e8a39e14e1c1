"""Exponential back-off."""

from __future__ import annotations


class Backoff:
    """Pauses between attempts, each twice as long as the one before it, up to the longest.

    Parameters
    ----------
    first_seconds, longest_seconds : float
        The first pause, and the longest.
    """

    def __init__(self, first_seconds: float, longest_seconds: float) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._next_seconds = first_seconds

    def next_seconds(self) -> float:
        """The pause before the next attempt; the one after it is twice as long."""
        seconds = self._next_seconds
        self._next_seconds = min(2 * seconds, self._longest_seconds)
        return seconds

    def reset(self) -> None:
        """Begin with the first pause again."""
        self._next_seconds = self._first_seconds
