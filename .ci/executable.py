"""Read what an executable is for: its format, its processor, and the glibc that it needs."""

import struct
from collections.abc import Iterator

# The number that each format has for a processor, by the processor's name in the tags of wheels.
ELF = {"x86_64": 62, "aarch64": 183, "armv7l": 40, "i686": 3, "ppc64le": 21, "riscv64": 243, "s390x": 22}
MACH_O = {"x86_64": 0x0100_0007, "arm64": 0x0100_000C}
PE = {"amd64": 0x8664, "arm64": 0xAA64, "32": 0x14C}
# The start of a tag, what an executable of this platform begins with, where it has the processor's number, and as what.
FORMATS = [
    (("manylinux", "musllinux", "linux"), b"\x7fELF", 18, "<H", ELF),
    (("macosx",), b"\xcf\xfa\xed\xfe", 4, "<I", MACH_O),
    (("win",), b"MZ", None, "<H", PE),
]
NEEDED_VERSIONS = 0x6FFF_FFFE  # SHT_GNU_verneed


def check(program: bytes, tag: str) -> None:
    """Check that a program is for the platform of a wheel's tag, and starts on the oldest system it admits."""
    [(_, magic, at, form, numbers)] = [row for row in FORMATS if tag.startswith(row[0])]
    assert program.startswith(magic), f"{program[:4]!r} for {tag}"
    if at is None:  # it follows the signature, whose place is at 60
        at = struct.unpack_from("<I", program, 60)[0] + 4
    number = struct.unpack_from(form, program, at)[0]
    expected = [number for name, number in numbers.items() if tag.endswith(f"_{name}") or tag == f"win{name}"]
    assert [number] == expected, f"processor {number:#x} for {tag}"
    if program.startswith(b"\x7fELF"):
        needed = glibc(program)
        assert needed <= newest_glibc(tag), f"it needs glibc {needed}, but the tag is {tag}"


def newest_glibc(tag: str) -> tuple[int, ...]:
    """The newest version of glibc that a program with this tag may need; none where there is another libc."""
    system, *version = tag.split("_")
    if system == "manylinux":
        return (int(version[0]), int(version[1]))
    return {"manylinux2014": (2, 17), "linux": (99,)}.get(system, ())


def glibc(program: bytes) -> tuple[int, ...]:
    """The newest version of glibc that an ELF file asks for, empty if it asks for none."""
    versions = (name.removeprefix("GLIBC_") for name in needed_versions(program) if name.startswith("GLIBC_"))
    return max((tuple(map(int, version.split("."))) for version in versions), default=())


def needed_versions(program: bytes) -> Iterator[str]:
    """The versions of its libraries' symbols that an ELF file of 64 bits asks for."""
    start, size, count = (*struct.unpack_from("<Q", program, 40), *struct.unpack_from("<HH", program, 58))
    sections = [struct.unpack_from("<IIQQQQII", program, start + size * index) for index in range(count)]
    for _, kind, _, _, at, _, link, libraries in sections:
        if kind != NEEDED_VERSIONS:
            continue
        names = sections[link][4]
        for _ in range(libraries):
            _, symbols, _, first, following = struct.unpack_from("<HHIII", program, at)
            symbol = at + first
            for _ in range(symbols):
                name, after = struct.unpack_from("<8xII", program, symbol)
                yield program[names + name : program.index(b"\0", names + name)].decode()
                symbol += after
            at += following
