"""``python -m fastvenv.run MODULE``: run a module or script with fastvenv in place of the standard library's ``venv``.

    python -m fastvenv.run build --wheel
    python -m fastvenv.run tools/environments.py .venv

Child processes of the program are not affected.
"""

import builtins
import io
import os
import runpy
import sys
from importlib.machinery import SourceFileLoader, SourcelessFileLoader
from types import CodeType, ModuleType, TracebackType

import fastvenv

_USAGE = """\
usage: python -m fastvenv.run MODULE [ARGUMENT ...]
       python -m fastvenv.run PATH [ARGUMENT ...]

Run a module as `python -m` would, or a script, or a directory or zip file with a __main__.py, as `python` would,
with fastvenv in place of the standard library's venv. An argument with a path separator, or with the suffix of a
script, is a PATH.
"""
_SUFFIXES = (".py", ".pyw", ".pyc", ".pyz")


def main() -> int:
    """Run the command line of this process.

    Exceptions of the program pass through, so the exit status is the program's own.

    :returns: The exit status: 0, or 2 if the arguments are wrong or the script can't be read.
    :raises RuntimeError: if a class from start-up already derives from the standard library's.
    """
    args = sys.argv[1:]
    if args[:1] in (["-h"], ["--help"]):
        print(_USAGE, end="")
        return 0
    if not args or not args[0] or args[0].startswith("-"):
        print(_USAGE, end="", file=sys.stderr)
        return 2
    fastvenv.replace_stdlib()
    sys.argv[:] = args
    try:
        return _run_path(args[0]) if _is_path(args[0]) else _run_module(args[0])
    except BaseException:
        _hide_own_frames()
        raise


def _is_path(program: str) -> bool:
    separators = [os.sep, *filter(None, [os.altsep])]
    return (
        program in (os.curdir, os.pardir)
        or program.endswith(_SUFFIXES)
        or any(separator in program for separator in separators)
    )


def _run_module(name: str, *, alter_argv: bool = True) -> int:
    """Run a module with the function that the interpreter itself uses for `-m`; debugpy relies on it too.

    The public `runpy.run_module` won't do. It removes `__main__` when the code ends, even if threads still run, and it
    shows a traceback for a missing module.
    """
    _fresh_main()
    if alter_argv:
        sys.argv[0] = "-m"  # until the module is found
    runpy._run_module_as_main(name, alter_argv)  # type: ignore[attr-defined]
    return 0


def _run_path(path: str) -> int:
    from pkgutil import get_importer

    filename = os.path.join(os.getcwd(), path)  # not normalized: the interpreter keeps `./` too
    if get_importer(filename) is not None:
        _put_in_search_path(filename)
        return _run_module("__main__", alter_argv=False)
    try:
        loader, code = _read_bytecode(filename) if path.endswith(".pyc") else _read_source(filename)
    except OSError as error:
        print(
            f"{sys.executable}: can't open file {filename!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr
        )
        return 2
    if not _is_path_safe():
        _put_in_search_path(os.path.dirname(os.path.realpath(filename)))
    namespace = vars(_fresh_main())
    namespace.update(__file__=filename, __loader__=loader)
    if sys.version_info < (3, 15):
        namespace["__cached__"] = None
    exec(code, namespace)
    return 0


def _read_source(filename: str) -> tuple[SourceFileLoader, CodeType]:
    # The loader would cache bytecode, which the interpreter doesn't do for a script.
    with io.open_code(filename) as file:
        return SourceFileLoader("__main__", filename), compile(file.read(), filename, "exec", dont_inherit=True)


def _read_bytecode(filename: str) -> tuple[SourcelessFileLoader, CodeType]:
    loader = SourcelessFileLoader("__main__", filename)
    code = loader.get_code("__main__")
    assert code is not None  # only loaders of modules without code return None
    return loader, code


def _is_path_safe() -> bool:
    """Tells whether -I, or -P from 3.11 on, keeps the program's directory out of the search path."""
    return bool(getattr(sys.flags, "safe_path", sys.flags.isolated))


def _put_in_search_path(directory: str) -> None:
    """Replace the current directory, which `-m fastvenv.run` put in the search path, with the program's."""
    sys.path[: not _is_path_safe()] = [directory]


def _fresh_main() -> ModuleType:
    """Make a new `__main__`, without anything of ours in it."""
    module = ModuleType("__main__")
    if sys.version_info < (3, 14):
        vars(module)["__annotations__"] = {}
    vars(module)["__builtins__"] = builtins
    sys.modules["__main__"] = module
    return module


def _hide_own_frames() -> None:
    """Make the traceback begin where it would without us.

    This is called only after the program has failed, so the program never sees a foreign `sys.excepthook`.
    """
    show = sys.excepthook

    def show_the_rest(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        rest = at = trace
        while at is not None:
            if at.tb_frame.f_globals is globals():
                rest = at.tb_next
            at = at.tb_next
        show(kind, error.with_traceback(rest), rest)

    sys.excepthook = show_the_rest


if __name__ == "__main__":
    sys.exit(main())
