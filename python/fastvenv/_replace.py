"""fastvenv in place of the standard library's ``venv``, for this process.

A module of its own, since few need it and ``import fastvenv`` has to stay quick.
"""

import gc
import importlib
import sys
import threading
import types
from collections.abc import Iterator
from types import ModuleType, TracebackType
from typing import Any

import fastvenv

# What `venv` offers, and what its documentation doesn't name but others import. All else that stands among its
# globals are modules, the same ones in both.
_NAMES = ("EnvBuilder", "create", "main", "CORE_VENV_DEPS", "logger")
_ABSENT = object()

# The type of names that were imported lazily and not used yet (PEP 810, Python 3.15).
_LAZY_IMPORT = getattr(types, "LazyImportType", _ABSENT)


class Replacement:
    """Holds fastvenv in the place of ``venv``, from its making until it is undone; see ``fastvenv.replace_stdlib``.

    :raises RuntimeError: if a class derives from the standard library's ``EnvBuilder`` already.
    """

    def __init__(self) -> None:
        self._holds = False
        _place.hold()
        self._holds = True

    def __enter__(self) -> "Replacement":
        if not self._holds:
            raise RuntimeError("this replacement of venv has been undone: call fastvenv.replace_stdlib() again.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.undo()

    def undo(self) -> None:
        """Let go. When the last one does, everything is as it was before the first. A second call does nothing."""
        with _place.lock:
            if self._holds:
                self._holds = False
                _place.let_go()


class _Place:
    """The place that ``venv`` has in this process: how many want fastvenv there, and what was changed for them."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._holders = 0
        self._changes = _Changes()
        self._lazy_imports: list[tuple[dict[str, Any], str, object]] = []

    def hold(self) -> None:
        if "venv" in sys.modules:
            _wait_for_import()
        with self.lock:
            if not self._holders:
                self._take()
            self._holders += 1

    def let_go(self) -> None:
        self._holders -= 1
        if not self._holders:
            self._let_lazy_imports_wait_again()
            _drop_submodules()
            self._changes.undo()

    def _take(self) -> None:
        stdlib = sys.modules.get("venv", _ABSENT)
        if stdlib is fastvenv:
            return
        _refuse_subclasses(stdlib)
        self._lazy_imports = list(_lazy_imports())
        try:
            for name in _submodules():
                self._changes.make(sys.modules, name, _ABSENT)
            for namespace, name, ours in _bindings(stdlib):
                self._changes.make(namespace, name, ours)
            self._changes.make(sys.modules, "venv", fastvenv)
        except BaseException:
            self._changes.undo()
            raise

    def _let_lazy_imports_wait_again(self) -> None:
        """Undo the lazy imports that were declared before us and gave fastvenv, so that their next use imports anew."""
        given = [fastvenv, *map(vars(fastvenv).get, _NAMES), *map(sys.modules.get, _submodules())]
        for namespace, name, lazy_import in self._lazy_imports:
            if any(namespace.get(name, _ABSENT) is value for value in given):
                namespace[name] = lazy_import
        self._lazy_imports.clear()


class _Changes:
    """Changes of namespaces, and what stood there before."""

    def __init__(self) -> None:
        self._made: list[tuple[dict[str, Any], str, Any, Any]] = []

    def make(self, namespace: dict[str, Any], name: str, value: Any) -> None:
        """Bind a name in a namespace, or unbind it with _ABSENT."""
        self._made.append((namespace, name, namespace.get(name, _ABSENT), value))
        _bind(namespace, name, value)

    def undo(self) -> None:
        """Put back what stood there, but where somebody else has changed it since: that isn't ours to undo."""
        while self._made:
            namespace, name, before, value = self._made.pop()
            if namespace.get(name, _ABSENT) is value:
                _bind(namespace, name, before)


def _bind(namespace: dict[str, Any], name: str, value: Any) -> None:
    if value is _ABSENT:
        namespace.pop(name, None)
    else:
        namespace[name] = value


def _submodules() -> list[str]:
    """The names under which submodules of ``venv`` are imported."""
    return [name for name in sys.modules.copy() if name.startswith("venv.")]


def _globals() -> Iterator[dict[str, Any]]:
    """The globals of all modules.

    Another thread may import while we look: iterate over copies, which are made in one step.
    """
    for module in sys.modules.copy().values():
        # What others put there has rules of its own.
        if issubclass(type(module), ModuleType):
            # Not vars(): a module of importlib.util.LazyLoader would load.
            yield ModuleType.__getattribute__(module, "__dict__")


def _lazy_imports() -> Iterator[tuple[dict[str, Any], str, object]]:
    """Where names wait for their first use to be imported, whatever they will be: namespace, name and what waits."""
    if _LAZY_IMPORT is _ABSENT:
        return
    for namespace in _globals():
        for name, value in namespace.copy().items():
            if type(value) is _LAZY_IMPORT:
                yield namespace, name, value


def _wait_for_import() -> None:
    """Another thread may be in the middle of `import venv`; an import in this one waits until it is whole."""
    try:
        importlib.import_module("venv")
    except ImportError:
        return  # the other's has failed, or `sys.modules` has None there, to forbid it


def _bindings(stdlib: object) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Where names are bound to what the standard library's module offers, in itself and in other modules' globals.

    :param stdlib: The module, or whatever stands for it in ``sys.modules``.
    :returns: Namespace, name and what of fastvenv belongs there.
    """
    if not isinstance(stdlib, ModuleType):
        return
    offered = {id(vars(stdlib)[name]): getattr(fastvenv, name) for name in _NAMES if name in vars(stdlib)}
    for namespace in _globals():
        for name, value in namespace.copy().items():
            if id(value) in offered:
                yield namespace, name, offered[id(value)]


def _refuse_subclasses(stdlib: object) -> None:
    """A class can't change its base to one that is written in C, and would go on without fastvenv unnoticed."""
    cls = getattr(stdlib, "EnvBuilder", None)
    if not isinstance(cls, type) or not cls.__subclasses__():
        return
    gc.collect()  # classes are in cycles with themselves: some of these may be nobody's
    subclasses: list[type] = cls.__subclasses__()
    names = sorted(f"{subclass.__module__}.{subclass.__qualname__}" for subclass in subclasses)
    if names:
        raise RuntimeError(
            f"fastvenv can't take the place of venv: derived from the standard library's EnvBuilder already: "
            f"{', '.join(names)}. Call fastvenv.replace_stdlib() before that is imported or defined."
        )


def _drop_submodules() -> None:
    """Forget what was imported as ``venv.…`` from fastvenv's folder, and where the import bound it."""
    if sys.modules.get("venv") is not fastvenv:
        return
    for name in _submodules():
        module = sys.modules.pop(name)
        attribute = name.removeprefix("venv.")
        if vars(fastvenv).get(attribute) is module:
            _bind(vars(fastvenv), attribute, sys.modules.get(f"fastvenv.{attribute}", _ABSENT))


_place = _Place()
