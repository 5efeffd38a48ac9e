"""Archive the command of each wheel, for those who have no pip: what a release attaches.

python .ci/archives.py FOLDER ARCHIVES
"""

import io
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

# Rust's name of the target, by the system and the processor in a wheel's tag.
TARGETS = {
    ("manylinux", "x86_64"): "x86_64-unknown-linux-gnu",
    ("manylinux", "aarch64"): "aarch64-unknown-linux-gnu",
    ("musllinux", "x86_64"): "x86_64-unknown-linux-musl",
    ("musllinux", "aarch64"): "aarch64-unknown-linux-musl",
    ("macosx", "x86_64"): "x86_64-apple-darwin",
    ("macosx", "arm64"): "aarch64-apple-darwin",
    ("win", "amd64"): "x86_64-pc-windows-msvc",
    ("win", "arm64"): "aarch64-pc-windows-msvc",
}
BESIDE = ["LICENSE", "README.md", "CHANGELOG.md"]


def target_of(platform: str) -> str:
    """The target of a wheel's platform, such as manylinux_2_17_x86_64."""
    [target] = [TARGETS[key] for key in TARGETS if platform.startswith(key[0]) and platform.endswith(f"_{key[1]}")]
    return target


def archive(wheel: Path, folder: Path) -> Path:
    """Archive the command of a wheel, with what belongs beside it. Returns the archive's path."""
    name, version, _, _, platforms = wheel.stem.split("-")
    target = target_of(platforms.split(".")[0])
    root = f"{name}-{version}-{target}"
    files = [(f"{root}/{path}", Path(path).read_bytes(), 0o644) for path in BESIDE]
    with zipfile.ZipFile(wheel) as opened:
        [command] = [member for member in opened.namelist() if member.startswith(f"{name}-{version}.data/scripts/")]
        files.append((f"{root}/{command.rpartition('/')[2]}", opened.read(command), 0o755))
    if "windows" in target:
        path = folder / f"{root}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            for member, data, _ in files:
                zipped.writestr(zipfile.ZipInfo(member), data, zipfile.ZIP_DEFLATED)
        return path
    path = folder / f"{root}.tar.gz"
    with tarfile.open(path, "w:gz") as tarred:
        for member, data, mode in files:
            info = tarfile.TarInfo(member)
            info.size, info.mode = len(data), mode
            tarred.addfile(info, io.BytesIO(data))
    return path


def archives(wheels: Path, folder: Path) -> Iterator[Path]:
    """Archive the command once for each platform: wheels for other versions of Python have the same."""
    folder.mkdir(exist_ok=True)
    for wheel in sorted(wheels.glob("fastvenv-*-cp310-abi3-*.whl")):
        yield archive(wheel, folder)


if __name__ == "__main__":
    for made in archives(*map(Path, sys.argv[1:])):
        print(made)
