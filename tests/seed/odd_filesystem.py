"""A file system that lacks what others have: a FUSE server that shows a directory under another path, with oddities.

`python odd_filesystem.py DIRECTORY MOUNT_POINT ODDITY...`, as root, on Linux. The oddities:

- `links`: it reports no links for files.
- `owner=UID`: it shows everything with that owner; with `any` for UID, with another one each time.
- `flock=ERRNO`, `utimens=ERRNO`, `chmod=ERRNO`: the call fails so; with `ignored` for ERRNO it does nothing.
"""

import contextlib
import ctypes
import errno
import itertools
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

Reply = bytes | None
FLOCK_LOCKS = 1 << 10
MODE, SIZE, MTIME, HANDLE = 1 << 0, 1 << 3, 1 << 5, 1 << 6  # what SETATTR is asked to set
MAX_WRITE = 1 << 17


class Server:
    """Answers the kernel's requests (linux/fuse.h, version 7.31) by calls on the directory below."""

    def __init__(self, folder: str, oddities: list[str]) -> None:
        self.odd = dict(oddity.partition("=")[::2] for oddity in oddities)
        self.owners = itertools.count(1)
        # For how many seconds the kernel need not ask again.
        self.valid = 0 if self.odd.get("owner") == "any" else 60
        # A node is known by the number of its file, and found by its parent and its latest name.
        self.places: dict[int, tuple[int, bytes]] = {1: (1, os.fsencode(folder))}
        self.numbers: dict[int, int] = {os.stat(folder).st_ino: 1}
        self.calls: dict[int, Callable[[int, bytes], Reply]] = {
            1: self.lookup,
            3: self.getattr,
            4: self.setattr,
            5: lambda node, _: os.readlink(self.path(node)),
            6: self.symlink,
            9: self.mkdir,
            10: lambda node, body: self.remove(os.unlink, node, body),
            11: lambda node, body: self.remove(os.rmdir, node, body),
            12: lambda node, body: self.rename(node, body[:8], body[8:]),
            13: self.link,
            14: lambda node, body: self.opened(os.open(self.path(node), struct.unpack_from("I", body)[0])),
            15: lambda _, body: os.pread(*(struct.unpack_from("QQI", body)[index] for index in (0, 2, 1))),
            16: self.write,
            17: lambda *_: struct.pack("5Q4I24x", 1 << 20, 1 << 20, 1 << 20, 1 << 20, 1 << 20, 4096, 255, 4096, 0),
            18: lambda _, body: os.close(struct.unpack_from("Q", body)[0]),
            25: lambda *_: b"",
            26: self.init,
            27: lambda node, _: self.opened(os.open(self.path(node), os.O_RDONLY | os.O_DIRECTORY)),
            28: self.readdir,
            29: lambda _, body: os.close(struct.unpack_from("Q", body)[0]),
            32: self.lock,
            33: self.lock,
            35: self.create,
        }

    def serve(self, device: int) -> None:
        """Answer until the file system is unmounted."""
        while True:
            try:
                request = os.read(device, MAX_WRITE + 4096)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return
                if error.errno in (errno.EINTR, errno.ENOENT):
                    continue
                raise
            _, opcode, unique, node = struct.unpack_from("IIQQ", request)
            if opcode in (2, 36, 42):  # what the kernel forgets or interrupts: nobody waits for an answer
                continue
            code, reply = 0, b""
            try:
                call = self.calls.get(opcode)
                code, reply = (0, call(node, request[40:]) or b"") if call else (errno.ENOSYS, b"")
            except OSError as error:
                code = error.errno or errno.EIO
            with contextlib.suppress(FileNotFoundError):  # the caller has been interrupted
                os.write(device, struct.pack("IiQ", 16 + len(reply), -code, unique) + reply)

    def serves(self, what: str) -> bool:
        """Whether the call is to be made; fail if it is one that this file system refuses."""
        if self.odd.get(what, "ignored") != "ignored":
            raise OSError(getattr(errno, self.odd[what]), what)
        return what not in self.odd

    def path(self, node: int) -> bytes:
        """Where the file is now."""
        parent, name = self.places[node]
        return name if node == 1 else self.path(parent) + b"/" + name

    def child(self, node: int, name: bytes) -> bytes:
        """The path of a name in a folder."""
        return self.path(node) + b"/" + name.split(b"\0")[0]

    def init(self, _: int, body: bytes) -> bytes:
        """Agree on the version."""
        flags = FLOCK_LOCKS if "flock" in self.odd else 0
        return struct.pack("4IHHIIHHI28x", 7, 31, struct.unpack_from("4I", body)[2], flags, 0, 0, MAX_WRITE, 1, 0, 0, 0)

    def attributes(self, found: os.stat_result) -> bytes:
        """A file's metadata, as this file system shows them."""
        links = 0 if "links" in self.odd and stat.S_ISREG(found.st_mode) else found.st_nlink
        owner = next(self.owners) if self.odd.get("owner") == "any" else int(self.odd.get("owner", found.st_uid))
        times = found.st_atime_ns, found.st_mtime_ns, found.st_ctime_ns
        seconds, rests = zip(*(divmod(time, 10**9) for time in times), strict=True)
        numbers = found.st_ino, found.st_size, found.st_blocks, *seconds
        return struct.pack("6Q10I", *numbers, *rests, found.st_mode, links, owner, found.st_gid, 0, 4096, 0)

    def entry(self, parent: int, name: bytes) -> bytes:
        """The node of that name, and its metadata."""
        name = name.split(b"\0")[0]
        found = os.lstat(self.child(parent, name))
        node = self.numbers.setdefault(found.st_ino, len(self.places) + 1)
        self.places[node] = parent, name
        return struct.pack("QQQQII", node, 0, self.valid, self.valid, 0, 0) + self.attributes(found)

    def lookup(self, node: int, body: bytes) -> bytes:
        """Which node has that name."""
        return self.entry(node, body)

    def getattr(self, node: int, body: bytes) -> bytes:
        """The metadata of an open file, or of one with a name."""
        flags, handle = struct.unpack_from("I4xQ", body)
        return struct.pack("Q8x", self.valid) + self.attributes(
            os.fstat(handle) if flags & 1 else os.lstat(self.path(node))
        )

    def setattr(self, node: int, body: bytes) -> bytes:
        """Give a file a mode, a length or times."""
        what, handle, size, _, _, mtime, _, _, mtime_ns, _, mode = struct.unpack_from("I4xQQQQQQIIII", body)
        if what & MODE and self.serves("chmod"):
            os.chmod(self.path(node), stat.S_IMODE(mode))
        if what & SIZE:
            os.truncate(handle if what & HANDLE else self.path(node), size)
        if what & MTIME and self.serves("utimens"):
            time = mtime * 10**9 + mtime_ns
            os.utime(handle if what & HANDLE else self.path(node), ns=(time, time))
        return self.getattr(node, struct.pack("I4xQ", bool(what & HANDLE), handle))

    def lock(self, _: int, __: bytes) -> None:
        """Give the lock to everybody who asks."""
        self.serves("flock")

    def symlink(self, node: int, body: bytes) -> bytes:
        """Make a symbolic link."""
        name, target, _ = body.split(b"\0")
        os.symlink(target, self.child(node, name))
        return self.entry(node, name)

    def mkdir(self, node: int, body: bytes) -> bytes:
        """Make a folder."""
        os.mkdir(self.child(node, body[8:]), struct.unpack_from("I", body)[0])
        return self.entry(node, body[8:])

    def remove(self, call: Callable[[bytes], None], node: int, body: bytes) -> None:
        """Take a name away; a file without names gives its number to another."""
        path = self.child(node, body)
        found = os.lstat(path)
        call(path)
        if found.st_nlink == 1 or stat.S_ISDIR(found.st_mode):
            self.numbers.pop(found.st_ino, None)

    def rename(self, node: int, parent: bytes, names: bytes) -> None:
        """Move a file or folder."""
        target = struct.unpack("Q", parent)[0]
        old, new, _ = names.split(b"\0")
        found = os.lstat(self.child(node, old))
        with contextlib.suppress(FileNotFoundError):
            replaced = os.lstat(self.child(target, new))
            self.numbers.pop(replaced.st_ino, None)
        os.rename(self.child(node, old), self.child(target, new))
        self.places[self.numbers[found.st_ino]] = target, new

    def link(self, node: int, body: bytes) -> bytes:
        """Give a file another name."""
        os.link(self.path(struct.unpack_from("Q", body)[0]), self.child(node, body[8:]))
        return self.entry(node, body[8:])

    def opened(self, handle: int) -> bytes:
        """The answer to whoever opens a file."""
        return struct.pack("QII", handle, 0, 0)

    def create(self, node: int, body: bytes) -> bytes:
        """Make a file and open it."""
        flags, mode = struct.unpack_from("II", body)
        handle = os.open(self.child(node, body[16:]), flags | os.O_CREAT, mode)
        return self.entry(node, body[16:]) + self.opened(handle)

    def write(self, _: int, body: bytes) -> bytes:
        """Write into an open file."""
        handle, offset, size = struct.unpack_from("QQI", body)
        return struct.pack("II", os.pwrite(handle, body[40 : 40 + size], offset), 0)

    def readdir(self, node: int, body: bytes) -> bytes:
        """As many names as there is room for, from an offset on."""
        _, offset, size = struct.unpack_from("QQI", body)
        listed = b""
        for number, name in list(enumerate(sorted(os.listdir(self.path(node))), 1))[offset:]:
            entry = struct.pack("QQII", 1, number, len(name), 0) + name
            entry += bytes(-len(entry) % 8)
            if len(listed) + len(entry) > size:
                break
            listed += entry
        return listed


@contextlib.contextmanager
def mounted(folder: Path, *oddities: str) -> Iterator[Path]:
    """A file system with these oddities, mounted beside the folder that has its files."""
    if os.geteuid() != 0 or not os.path.exists("/dev/fuse"):
        pytest.skip("only root can mount, and only where there is FUSE")
    point = folder.with_name(f"{folder.name}-odd")
    for path in (folder, point):
        path.mkdir()
    command = [sys.executable, __file__, str(folder), str(point), *oddities]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        if server.stdout.readline() != "mounted\n":
            pytest.skip("FUSE file systems can't be mounted here")
        try:
            yield point
        finally:
            subprocess.run(["umount", "-l", str(point)], check=True)


def main(folder: str, point: str, *oddities: str) -> None:
    """Mount, and serve."""
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"odd", os.fsencode(point), b"fuse", 0, options.encode()):
        sys.exit(os.strerror(ctypes.get_errno()))
    print("mounted", flush=True)
    os.umask(0)
    Server(folder, list(oddities)).serve(device)


if __name__ == "__main__":
    main(*sys.argv[1:])
