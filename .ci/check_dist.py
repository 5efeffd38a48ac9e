"""Check that an sdist has all that stands in git, and a wheel what users need and nothing else.

python .ci/check_dist.py FOLDER
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import executable

# What maturin adds. The SBOM says which crates are in the extension (PEP 770).
WHEEL_METADATA = {
    "METADATA",
    "RECORD",
    "WHEEL",
    "licenses/LICENSE",
    "sboms/fastvenv.cyclonedx.json",
}
PACKAGE = "python/fastvenv/"
LARGEST_COMMAND = 3 << 20


def tracked() -> set[str]:
    """What stands in git, or would with the next commit; without fuzz/, a workspace for those who have a checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split("\0")
    return {name for name in names if not name.startswith("fuzz/") and Path(name).is_file()}


def sdist_names(path: Path) -> set[str]:
    """The files of an sdist, without its first folder."""
    with tarfile.open(path) as archive:
        return {member.name.partition("/")[2] for member in archive if member.isfile()}


def check_wheel(path: Path, package: set[str]) -> None:
    """The package's files, the extension, the command, and metadata."""
    name, version, _, _, platforms = path.stem.split("-")
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        command = check_command(archive, f"{name}-{version}.data/scripts/", platforms.split("."))
    extensions = {name for name in names if name.startswith("fastvenv/_core.") and not name.endswith(".pyi")}
    assert len(extensions) == 1, extensions
    metadata = {name.partition("/")[2] for name in names if ".dist-info/" in name}
    assert metadata == WHEEL_METADATA, metadata ^ WHEEL_METADATA
    others = {name for name in names - extensions - {command} if ".dist-info/" not in name}
    assert others == package, others ^ package


def check_command(archive: zipfile.ZipFile, folder: str, platforms: list[str]) -> str:
    """The command: a program that may be executed, is small, and is for the wheel's platforms. Returns its name."""
    name = folder + ("fastvenv.exe" if platforms[0].startswith("win") else "fastvenv")
    info = archive.getinfo(name)
    assert info.file_size < LARGEST_COMMAND, f"{name} has {info.file_size} bytes"
    assert platforms[0].startswith("win") or (info.external_attr >> 16) & 0o777 == 0o755, oct(info.external_attr)
    for platform in platforms:
        executable.check(archive.read(name), platform)
    return name


def main(folder: str) -> None:
    """Check the one sdist and all wheels of a folder."""
    expected = tracked()
    [sdist] = Path(folder).glob("*.tar.gz")
    names = sdist_names(sdist)
    assert names == expected | {"PKG-INFO"}, names ^ expected
    package = {name.removeprefix("python/") for name in expected if name.startswith(PACKAGE)}
    assert {"fastvenv/py.typed", "fastvenv/__init__.pyi", "fastvenv/scripts/common/activate"} <= package
    wheels = sorted(Path(folder).glob("*.whl"))
    assert wheels, "there is no wheel"
    for wheel in wheels:
        check_wheel(wheel, package)
    print(f"{sdist.name}: {len(names)} files; {', '.join(wheel.name for wheel in wheels)}: whole")


if __name__ == "__main__":
    main(*sys.argv[1:])
