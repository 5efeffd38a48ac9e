"""Removes pip settings that make it install outside the environment. Imported only for ``upgrade_deps``."""

import configparser
import os
import sys
import tempfile
from collections.abc import Iterator, MutableMapping

# Options that make `pip install` install elsewhere, run another interpreter, do nothing, or install over the existing
# pip without removing it. The user's settings for index, proxy and certificates stay.
_DIVERTING = ("dry-run", "ignore-installed", "prefix", "python", "root", "target", "user")


def keep_inside(environ: MutableMapping[str, str]) -> "tempfile.TemporaryDirectory[str]":
    """Change a child's variables so that its ``pip install`` installs into its own environment.

    pip reads files too. The file that PIP_CONFIG_FILE names overrides the others, and an empty value in it unsets an
    option, so the child gets such a file. pip then skips the user's own files, so their settings are copied into it.

    :param environ: The child's variables.
    :returns: The directory of that file. The caller removes it when the child has ended.
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
        return directory  # pip reports the mistake itself
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
    """The user's configuration files, as pip documents them. Later ones override earlier ones."""
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
