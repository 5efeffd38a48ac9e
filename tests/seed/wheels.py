"""The wheel of pip that comes with the interpreter, and a newer one."""

import sysconfig
import zipfile
from pathlib import Path


def bundled_wheel():
    """The wheel of pip that the interpreter brings."""
    import ensurepip

    folders = [sysconfig.get_config_var("WHEEL_PKG_DIR"), Path(ensurepip.__file__).parent / "_bundled"]
    wheels = [wheel for folder in folders if folder for wheel in Path(folder).glob("pip-*.whl")]
    return wheels[-1]


def newer_wheel(folder):
    """A wheel of the same pip that calls itself version 99."""
    old = bundled_wheel()
    version = old.name.split("-")[1]
    new = folder / old.name.replace(version, "99.0")
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w") as target:
        for member in source.infolist():
            content = source.read(member)
            name = member.filename.replace(f"pip-{version}.dist-info", "pip-99.0.dist-info")
            if name == "pip/__init__.py":
                content = content.replace(version.encode(), b"99.0")
            if name.endswith("/METADATA"):
                content = content.replace(f"Version: {version}".encode(), b"Version: 99.0", 1)
            if name.endswith("/RECORD"):
                rows = [row.split(",")[0].replace(f"pip-{version}.", "pip-99.0.") for row in content.decode().split()]
                content = "".join(f"{row},,\n" for row in rows).encode()
            target.writestr(name, content)
    return new
