"""Prints what fastvenv must know about the Python that runs this, as JSON between two markers.

It runs on every Python 3, so it has no f-strings. Text is the file system's bytes, each as one character: paths needn't
be Unicode. Importing `json` would take longer than all the rest.
"""

import os
import sys
from importlib import import_module

WINDOWS = os.name == "nt"


def text(value):
    """A JSON string with one character for each byte."""
    return '"' + "".join(f"\\u{byte:04x}" for byte in os.fsencode(value)) + '"'


def build_variables():
    """The variables that this Python was built with. `sysconfig` would load the same module, and many others."""
    multiarch = getattr(sys.implementation, "_multiarch", "")
    name = "_sysconfigdata_{}_{}_{}".format(getattr(sys, "abiflags", ""), sys.platform, multiarch)
    try:
        module = import_module(name)
    except ImportError:
        import sysconfig

        return sysconfig.get_config_vars(), ""
    return module.build_time_vars, module.__file__


def shared_libraries(variables):
    """The shared library that this Python is in, if it isn't in the executable. None if it can't be located."""
    try:
        with open("/proc/self/maps", "rb") as maps:
            mapped = {line.rstrip(b"\n").split(None, 5)[-1] for line in maps if b"/libpython" in line}
        paths = [os.fsdecode(path) for path in mapped]
        return paths if all(map(os.path.isfile, paths)) else None
    except OSError:
        pass
    name = variables.get("LDLIBRARY") or ""
    if WINDOWS:
        places = [import_module("_winapi").GetModuleFileName(sys.dllhandle)]
    elif variables.get("PYTHONFRAMEWORK"):
        prefix = variables.get("PYTHONFRAMEWORKPREFIX") or ""
        places = [os.path.join(prefix, name), os.path.join(sys.base_prefix, os.path.basename(name))]
    elif variables.get("Py_ENABLE_SHARED"):
        places = [os.path.join(prefix, name) for prefix in (variables.get("LIBDIR") or "", sys.base_prefix + "/lib")]
    else:
        return []
    return [place for place in places if os.path.isfile(place)] or None


def searched():
    """What decides which shared library is loaded. None if that depends on the current directory."""
    names = "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH"
    values = filter(None, map(os.environ.get, names))
    paths = ["/etc/ld.so.cache"]
    for value in values:
        paths += value.replace(";", os.pathsep).split(os.pathsep)
    return paths if all(map(os.path.isabs, paths)) else None


def program():
    """The file that this process runs, or nothing if the system doesn't say it."""
    try:
        return os.readlink("/proc/self/exe")
    except OSError:
        return ""


def outside(executable, configurations):
    """The executable outside all environments. Before 3.11, Python doesn't know it in an environment."""
    directory = os.path.dirname(executable)
    for above in directory, os.path.dirname(directory):
        path = os.path.join(above, "pyvenv.cfg")
        try:
            with open(path, encoding="utf-8") as file:
                pairs = [line.partition("=")[::2] for line in file]
        except OSError:
            continue
        configurations.append(path)
        for key, home in pairs:
            if key.strip().lower() == "home" and home.strip() != directory:
                return outside(named_python(home.strip(), os.path.basename(executable)), configurations)
    return executable


def named_python(home, name):
    """The executable in an environment's `home`, which may have another name there."""
    names = [name, "python{}.{}".format(*sys.version_info), "python3", "python"]
    paths = [os.path.join(home, name) for name in names]
    return next(filter(os.path.exists, paths), paths[0])


def facts():
    """The members of the answer, each as JSON."""
    variables, variables_file = build_variables()
    base = getattr(sys, "_base_executable", None) or sys.executable
    sources = [os.__file__, variables_file]
    if sys.version_info < (3, 11) and not WINDOWS:
        base = outside(base, sources)
    libraries = shared_libraries(variables)
    others = searched() if libraries and not WINDOWS else []
    sources += (libraries or []) + (others or [])
    tree = False
    if WINDOWS:
        import sysconfig

        tree = sysconfig.is_python_build()
    return {
        "os": text(os.name),
        "platform": text(sys.platform),
        "implementation": text(sys.implementation.name),
        "version": "[{}, {}, {}]".format(*sys.version_info),
        "is_64bit": int(sys.maxsize > 2**32),
        "utf8_file_names": int(sys.getfilesystemencoding() == "utf-8"),
        "abiflags": text(getattr(sys, "abiflags", "")),
        "platlibdir": text(getattr(sys, "platlibdir", "lib")),
        "executable": text(sys.executable),
        "base_executable": text(base),
        "home": text(os.path.dirname(os.path.abspath(base))),
        "base_prefix": text(sys.base_prefix),
        "os_module": text(os.__file__),
        "cache_tag": text(sys.implementation.cache_tag or ""),
        "magic": text(import_module("importlib._bootstrap_external").MAGIC_NUMBER),
        "wheel_pkg_dir": text(variables.get("WHEEL_PKG_DIR") or ""),
        "program": text(program()),
        "sources": "[" + ", ".join(text(path) for path in sources if path) + "]",
        "knows_sources": int(None not in (libraries, others) and bool(variables_file or WINDOWS)),
        "is_build_tree": int(bool(tree)),
        "free_threaded": int(bool(variables.get("Py_GIL_DISABLED"))),
        "arm64": int(WINDOWS and "(arm64)" in sys.version.lower()),
    }


marker = sys.argv[1]
answer = ", ".join('"{}": {}'.format(*fact) for fact in facts().items())
sys.stdout.write(marker + "{" + answer + "}" + marker)
sys.stdout.flush()
