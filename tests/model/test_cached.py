"""Properties that are worked out when first asked for."""

from __future__ import annotations

from itertools import count

from model.cached import cached_property


class Counted:
    """Something with a number."""

    numbers = count()

    @cached_property
    def number(self) -> int:
        """The number."""
        return next(self.numbers)


def test_it_is_worked_out_once_for_each_object() -> None:
    first, second = Counted(), Counted()
    assert [first.number, first.number, second.number, first.number] == [0, 0, 1, 0]


def test_a_class_has_the_property_with_its_docstring() -> None:
    assert Counted.number.__doc__ == "The number."
