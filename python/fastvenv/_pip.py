"""pip's settings without those that would let it install outside the environment; loaded for ``upgrade_deps`` alone."""

import configparser
import os
import sys
import tempfile
from collections.abc import Iterator, MutableMapping

# Options of `pip install` by which it would install elsewhere, run another interpreter, do nothing, or install over the
# pip that is there without removing it. Index, proxy and certificates stay as the user has set them.
_DIVERTING = ("dry-run", "ignore-installed", "prefix", "python", "root", "target", "user")


def keep_inside(environ: MutableMapping[str, str]) -> "tempfile.TemporaryDirectory[str]":
    """Change the variables of a child that runs ``pip install`` so that it installs into its own environment.

    pip reads files too. The file that PIP_CONFIG_FILE names overrides the others, and an empty value in it counts as
    none, so the child gets such a file. pip then skips the user's own files: what they say is in it as well.

    :param environ: The child's variables.
    :returns: The directory of that file, to be removed when the child has ended.
    """
    for option in _DIVERTING:
        environ.pop("PIP_" + option.replace("-", "_").upper(), None)
    directory = tempfile.TemporaryDirectory(prefix="fastvenv-pip-")
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:  # then pip reads no file at all
        return directory
    config = configparser.RawConfigParser()
    try:
        config.read([named] if named and os.path.exists(named) else _user_files(environ))
    except (configparser.Error, UnicodeError):
        return directory  # pip itself says what is wrong with it
    for section in ("global", "install"):
        if not config.has_section(section):
            config.add_section(section)
        for option in config.options(section):
            if option.lstrip("-").replace("_", "-") in _DIVERTING:
                config.remove_option(section, option)
        for option in _DIVERTING:
            config.set(section, option, "")
    environ["PIP_CONFIG_FILE"] = os.path.join(directory.name, "pip.conf")
    with open(environ["PIP_CONFIG_FILE"], "w") as file:
        config.write(file)
    return directory


def _user_files(environ: MutableMapping[str, str]) -> Iterator[str]:
    """The configuration files of the user, as pip documents them; the later ones count."""
    home = os.path.expanduser("~")
    if os.name == "nt":
        yield os.path.join(home, "pip", "pip.ini")
        yield os.path.join(environ.get("APPDATA") or os.path.join(home, "AppData", "Roaming"), "pip", "pip.ini")
        return
    yield os.path.join(home, ".pip", "pip.conf")
    macos = os.path.join(home, "Library", "Application Support", "pip")
    if sys.platform == "darwin" and os.path.isdir(macos):
        yield os.path.join(macos, "pip.conf")
    else:
        xdg = environ.get("XDG_CONFIG_HOME", "").strip() if sys.platform != "darwin" else ""
        yield os.path.join(xdg or os.path.join(home, ".config"), "pip", "pip.conf")
