"""fastvenv in place of the standard library's ``venv``, for this process.

This is a separate module because few programs need it, and ``import fastvenv`` must stay fast.
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

# The names of `venv` that other code imports, documented or not. Its other globals are modules, which both share.
_NAMES = ("EnvBuilder", "create", "main", "CORE_VENV_DEPS", "logger")
_ABSENT = object()

# The type of a lazily imported name before its first use (PEP 810, Python 3.15).
_LAZY_IMPORT = getattr(types, "LazyImportType", _ABSENT)


class Replacement:
    """Keeps fastvenv in place of ``venv`` until it is undone; see ``fastvenv.replace_stdlib``.

    :raises RuntimeError: if a class already derives from the standard library's ``EnvBuilder``.
    """

    def __init__(self) -> None:
        self._holds = False
        _place.hold()
        self._holds = True

    def __enter__(self) -> "Replacement":
        if not self._holds:
            raise RuntimeError("this replacement of venv has been undone. Call fastvenv.replace_stdlib() again.")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.undo()

    def undo(self) -> None:
        """End this replacement. When the last one ends, `venv` is restored. A second call does nothing."""
        with _place.lock:
            if self._holds:
                self._holds = False
                _place.let_go()


class _Place:
    """Counts the replacements in this process, and remembers what was changed for them."""

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
        """Restore lazy imports that were declared before the replacement and gave fastvenv. They import again."""
        given = [fastvenv, *map(vars(fastvenv).get, _NAMES), *map(sys.modules.get, _submodules())]
        for namespace, name, lazy_import in self._lazy_imports:
            if any(namespace.get(name, _ABSENT) is value for value in given):
                namespace[name] = lazy_import
        self._lazy_imports.clear()


class _Changes:
    """Changes to namespaces, each with the old value."""

    def __init__(self) -> None:
        self._made: list[tuple[dict[str, Any], str, Any, Any]] = []

    def make(self, namespace: dict[str, Any], name: str, value: Any) -> None:
        """Bind a name in a namespace, or unbind it with _ABSENT."""
        self._made.append((namespace, name, namespace.get(name, _ABSENT), value))
        _bind(namespace, name, value)

    def undo(self) -> None:
        """Restore the old values, except where other code has changed the name since."""
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
    """The names of imported submodules of ``venv``."""
    return [name for name in sys.modules.copy() if name.startswith("venv.")]


def _globals() -> Iterator[dict[str, Any]]:
    """The globals of all modules.

    Another thread may import at the same time, so this iterates over copies, which are made atomically.
    """
    for module in sys.modules.copy().values():
        # Programs put other objects there too, with rules of their own.
        if issubclass(type(module), ModuleType):
            # vars() would load a module of importlib.util.LazyLoader.
            yield ModuleType.__getattribute__(module, "__dict__")


def _lazy_imports() -> Iterator[tuple[dict[str, Any], str, object]]:
    """All lazily imported names before their first use: namespace, name and the lazy import."""
    if _LAZY_IMPORT is _ABSENT:
        return
    for namespace in _globals():
        for name, value in namespace.copy().items():
            if type(value) is _LAZY_IMPORT:
                yield namespace, name, value


def _wait_for_import() -> None:
    """Wait until another thread has finished `import venv`. Importing it here waits for that."""
    try:
        importlib.import_module("venv")
    except ImportError:
        return  # the other thread's import failed, or None in `sys.modules` forbids it


def _bindings(stdlib: object) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """Find the names bound to objects of the standard library's module, in it and in other modules' globals.

    :param stdlib: The entry for the module in ``sys.modules``.
    :returns: Namespace, name, and fastvenv's object for it.
    """
    if not isinstance(stdlib, ModuleType):
        return
    offered = {id(vars(stdlib)[name]): getattr(fastvenv, name) for name in _NAMES if name in vars(stdlib)}
    for namespace in _globals():
        for name, value in namespace.copy().items():
            if id(value) in offered:
                yield namespace, name, offered[id(value)]


def _refuse_subclasses(stdlib: object) -> None:
    """Refuse if there are subclasses: they can't change to a native base, so they would silently stay as they are."""
    cls = getattr(stdlib, "EnvBuilder", None)
    if not isinstance(cls, type) or not cls.__subclasses__():
        return
    gc.collect()  # classes refer to themselves, so unused ones may still be there
    subclasses: list[type] = cls.__subclasses__()
    names = sorted(f"{subclass.__module__}.{subclass.__qualname__}" for subclass in subclasses)
    if names:
        raise RuntimeError(
            f"fastvenv can't replace venv, because classes already derive from the standard library's EnvBuilder: "
            f"{', '.join(names)}. Call fastvenv.replace_stdlib() before they are imported or defined."
        )


def _drop_submodules() -> None:
    """Forget modules imported as ``venv.…`` from fastvenv's directory, and the names they were bound to."""
    if sys.modules.get("venv") is not fastvenv:
        return
    for name in _submodules():
        module = sys.modules.pop(name)
        attribute = name.removeprefix("venv.")
        if vars(fastvenv).get(attribute) is module:
            _bind(vars(fastvenv), attribute, sys.modules.get(f"fastvenv.{attribute}", _ABSENT))


_place = _Place()
