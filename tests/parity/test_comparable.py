"""What trees are compared by leaves out the time at which a launcher of pip was made, and nothing else."""

import io
import zipfile
from pathlib import Path

import pytest

from parity.trees import comparable, undated

DATES = [(2024, 2, 29, 23, 59, 58), (2031, 12, 1, 0, 0, 2)]
EPOCH = "1700000000"


def launcher(date: tuple[int, int, int, int, int, int]) -> bytes:
    """What pip writes on Windows: a program, here one that knows of zip files, the first line, and a zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py", date), "import pip\n")
    program = b"MZ" + b"PK\3\4 PK\1\2 PK\5\6".ljust(100, b".")
    return program + b"#!C:\\env\\Scripts\\python.exe\r\n" + stream.getvalue()


def record(digest: str, size: int = 108_000, other: str = "sha256=x") -> bytes:
    """A RECORD with a launcher in it, and with one that pip brings with it."""
    rows = [f"../../Scripts/pip3.exe,{digest},{size}", f"pip/_vendor/distlib/t64.exe,{other},108000", ""]
    return "\r\n".join(rows).encode()


def compared(path: Path, data: bytes) -> object:
    """What is compared of this data in a file at this path."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return comparable(str(path))


@pytest.fixture(autouse=True)
def no_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the file's other tests are run with."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.mark.parametrize("name", ["pip.exe", "pip3.exe", "pip3.13.exe"])
def test_launchers_of_two_times_are_the_same(name: str, tmp_path: Path) -> None:
    """Two launchers of pip that differ in their times alone are equal."""
    one, other = map(launcher, DATES)
    assert one != other
    assert compared(tmp_path / "Scripts" / name, one) == compared(tmp_path / "Scripts" / name, other)


def test_nothing_else_of_a_launcher_is_left_out() -> None:
    """Of all bytes of a launcher, only the four of each of the two times may be others."""
    whole = launcher(DATES[0])
    changed = [whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :] for at in range(len(whole))]
    same = [at for at, data in enumerate(changed) if undated(data) == undated(whole)]
    local, central = whole.rindex(b"PK\3\4") + 10, whole.rindex(b"PK\1\2") + 12
    assert same == [*range(local, local + 4), *range(central, central + 4)]


def test_other_programs_are_compared_whole(tmp_path: Path) -> None:
    """The times of another program count."""
    one, other = (compared(tmp_path / "Scripts" / "tool.exe", launcher(date)) for date in DATES)
    assert one != other


def test_the_record_of_launchers_of_two_times_is_the_same(tmp_path: Path) -> None:
    """In RECORD the hash of a launcher may be another, not its size, and no other file's hash."""
    expected = compared(tmp_path / "RECORD", record("sha256=abc"))
    assert compared(tmp_path / "RECORD", record("sha256=d-_f")) == expected
    for other in (record("sha256=abc", size=1), record("sha256=abc", other="sha256=y"), record("md5=abc")):
        assert compared(tmp_path / "RECORD", other) != expected


def test_a_time_that_is_given_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With SOURCE_DATE_EPOCH the times are to be the same."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    one, other = (compared(tmp_path / "Scripts" / "pip.exe", launcher(date)) for date in DATES)
    assert one != other
    assert compared(tmp_path / "RECORD", record("sha256=a")) != compared(tmp_path / "RECORD", record("sha256=b"))
