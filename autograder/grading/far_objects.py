"""Lets the reference work on a learner's objects, which stay in the worker.

Each read, write and call is a request to the worker. Two measures avoid most requests: all small
attributes of an object are read at once, and arrays that only the reference stores in an object,
such as the images of its forward pass, are kept in this process and never sent.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.grading.remote import RemoteBackend
from autograder.judging.learner import TIME_LIMIT
from autograder.worker.frames import Handle
from autograder.worker.host import Outcome


class FarObjects:
    """The attributes of one worker's objects that are known in this process.

    Args:
        backend: the connection to the worker.

    Attributes:
        kept: by object and name, arrays that the reference has set, if the learner's object has
            no such attribute.
        looked: by object and name, the current small attributes; valid until the learner's code
            runs again.
    """

    def __init__(self, backend: RemoteBackend) -> None:
        self.backend = backend
        self.kept: dict[tuple[int, str], Any] = {}
        self.looked: dict[tuple[int, str], Any] = {}

    def working_on(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Make a function of the reference accept the learner's values and Handles."""

        def run(*args: Any, **kwargs: Any) -> Any:
            self.looked.clear()
            if args and isinstance(args[0], Handle):
                self.look_at(args[0])
            given = [self.far(value) for value in args]
            named = {key: self.far(value) for key, value in kwargs.items()}
            value = function(*given, **named)
            for one in (*given, *named.values()):
                if isinstance(one, FarObject):
                    one.put_back()
            self.looked.clear()
            return near(value)

        return run

    def look_at(self, handle: Handle) -> None:
        """Read the small attributes of an object and of those that it holds, in one request."""
        for found, attributes in settled(self.backend.look(handle)):
            for name, value in attributes:
                self.looked[found.id, name] = value

    def far(self, value: Any) -> Any:
        """Convert a learner's value for the reference: each Handle becomes a FarObject.

        Raises:
            TypeError: if it contains a text or a dict. A text times a large number could fill the
                memory.
        """
        if isinstance(value, Handle):
            return FarObject(self, value)
        if isinstance(value, list | tuple):
            return type(value)(self.far(item) for item in value)
        if isinstance(value, str | dict):
            raise TypeError("only numbers, arrays and objects can be worked on here")
        return value


class FarObject:
    """An object in the worker, used as if it were in this process.

    Its arrays are read as copies. `put_back` writes changed copies back.
    """

    def __init__(self, objects: FarObjects, handle: Handle) -> None:
        object.__setattr__(self, "_objects", objects)
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_read", {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        objects, key = self._objects, (self._handle.id, name)
        if key in objects.kept:
            return objects.kept[key]
        value = objects.looked.get(key)
        if value is None:
            value = settled(objects.backend.get(self._handle, name))
        far = objects.far(value)
        self._read[name] = (far, _copied(far))
        return far

    def __setattr__(self, name: str, value: Any) -> None:
        self._read.pop(name, None)
        objects, key = self._objects, (self._handle.id, name)
        if _holds_arrays(value) and (key in objects.kept or self._lacks(name)):
            objects.kept[key] = value
            return
        objects.looked.pop(key, None)
        settled(objects.backend.set(self._handle, name, near(value)))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        objects = self._objects
        given = [near(value) for value in args]
        named = {key: near(value) for key, value in kwargs.items()}
        value = settled(objects.backend.call(self._handle, given, named, TIME_LIMIT))
        objects.looked.clear()
        return objects.far(value)

    def put_back(self) -> None:
        """Write back every attribute that was read and whose arrays were then changed in place."""
        for name, (now, before) in list(self._read.items()):
            if not _same(now, before):
                setattr(self, name, now)

    def _lacks(self, name: str) -> bool:
        objects = self._objects
        if (self._handle.id, name) in objects.looked:
            return False
        return objects.backend.get(self._handle, name).failure is not None


def settled(outcome: Outcome) -> Any:
    """The value of an outcome; raises ValueError if there is none."""
    if outcome.failure is not None:
        raise ValueError(outcome.failure.message)
    return outcome.value


def near(value: Any) -> Any:
    """Convert a value for the worker: each FarObject becomes its Handle."""
    if isinstance(value, FarObject):
        handle: Handle = value._handle
        return handle
    if isinstance(value, list | tuple):
        return type(value)(near(item) for item in value)
    return value


def _holds_arrays(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_holds_arrays, value))
    return isinstance(value, np.ndarray)


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    return [_copied(item) for item in value] if isinstance(value, list | tuple) else None


def _same(now: Any, before: Any) -> bool:
    if isinstance(now, np.ndarray):
        return np.array_equal(now, before, equal_nan=now.dtype.kind in "fc")
    if isinstance(now, list | tuple):
        return all(_same(a, b) for a, b in zip(now, before, strict=True))
    return True
