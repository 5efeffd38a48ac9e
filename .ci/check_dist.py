"""Check that an sdist has all that stands in git, and a wheel what users need and nothing else.

python .ci/check_dist.py FOLDER
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

# What maturin adds. The SBOM says which crates are in the extension (PEP 770).
WHEEL_METADATA = {
    "METADATA",
    "RECORD",
    "WHEEL",
    "entry_points.txt",
    "licenses/LICENSE",
    "sboms/fastvenv.cyclonedx.json",
}
PACKAGE = "python/fastvenv/"


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
    """The package's files, the extension, and metadata."""
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    extensions = {name for name in names if name.startswith("fastvenv/_core.") and not name.endswith(".pyi")}
    assert len(extensions) == 1, extensions
    metadata = {name.partition("/")[2] for name in names if ".dist-info/" in name}
    assert metadata == WHEEL_METADATA, metadata ^ WHEEL_METADATA
    others = {name for name in names - extensions if ".dist-info/" not in name}
    assert others == package, others ^ package


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
