"""Properties that are worked out when first asked for, and kept with the object.

`functools.cached_property` holds a lock that all objects of a class share, until Python 3.12. What is worked out here
may give way to other threads at checkpoints (`model.generation.checkpoints`), and one of those would wait for the lock
and keep the place that the first one waits for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801 - used as a decorator, as that of functools
    """A property that is worked out once; threads that ask at the same time each work it out, and the last value stays.

    Parameters
    ----------
    work_out
        Its value for an object, which has a ``__dict__``.
    """

    def __init__(self, work_out: Callable[[Any], T]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> cached_property[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> cached_property[T] | T:
        """Work it out; afterwards the object's own attribute is found before this one."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work_out(instance)
        return value
