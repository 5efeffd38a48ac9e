"""What `.ci` says of the programs in wheels, for the platforms that no machine here is."""

import struct
import sys
from pathlib import Path

import pytest

CI = Path(__file__).parents[2] / ".ci"


@pytest.fixture
def ci(monkeypatch):
    """The scripts of `.ci` can be imported."""
    monkeypatch.syspath_prepend(CI)
    yield
    for name in ("executable", "archives"):
        sys.modules.pop(name, None)


def pe(processor):
    """The start of a program for Windows."""
    return b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<H", processor)


def mach_o(processor):
    """The start of a program for macOS."""
    return struct.pack("<II", 0xFEEDFACF, processor)


def elf(processor):
    """An ELF file without sections."""
    return b"\x7fELF" + bytes(14) + struct.pack("<H", processor) + bytes(44)


PROGRAMS = [
    ("win_amd64", pe(0x8664), "x86_64-pc-windows-msvc"),
    ("win_arm64", pe(0xAA64), "aarch64-pc-windows-msvc"),
    ("macosx_10_12_x86_64", mach_o(0x01000007), "x86_64-apple-darwin"),
    ("macosx_11_0_arm64", mach_o(0x0100000C), "aarch64-apple-darwin"),
    ("manylinux_2_17_x86_64", elf(62), "x86_64-unknown-linux-gnu"),
    ("manylinux2014_aarch64", elf(183), "aarch64-unknown-linux-gnu"),
    ("musllinux_1_2_aarch64", elf(183), "aarch64-unknown-linux-musl"),
]


@pytest.mark.usefixtures("ci")
@pytest.mark.parametrize(("tag", "program", "target"), PROGRAMS)
def test_a_wheel_has_a_program_of_its_own_platform(tag, program, target):
    """It counts only for its own tag, and its archive is named after Rust's name of the target."""
    import archives
    import executable

    assert archives.target_of(tag) == target
    executable.check(program, tag)
    for other, _, of_other in PROGRAMS:
        if of_other.replace("musl", "gnu") != target.replace("musl", "gnu"):
            with pytest.raises(AssertionError):
                executable.check(program, other)


@pytest.mark.usefixtures("ci")
def test_a_program_that_needs_a_newer_glibc_than_the_tag_says_is_refused(command):
    """auditwheel reads extension modules alone, so this reads what the program needs."""
    import executable

    program = command.read_bytes()
    if not program.startswith(b"\x7fELF"):
        pytest.skip("only Linux has glibc")
    needed = executable.glibc(program)
    processor = next(name for name, number in executable.ELF.items() if number == program[18])
    if not needed:
        pytest.skip("this is linked with another libc")
    executable.check(program, f"manylinux_{needed[0]}_{needed[1]}_{processor}")
    for tag in (f"manylinux_{needed[0]}_{needed[1] - 1}_{processor}", f"musllinux_1_2_{processor}"):
        with pytest.raises(AssertionError, match="needs glibc"):
            executable.check(program, tag)
