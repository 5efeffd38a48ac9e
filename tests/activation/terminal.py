"""A shell at a terminal of its own, used as a person would use it."""

import os
import select
import signal
import struct
import time


class Terminal:
    """An interactive shell whose prompt ends in a mark, which tells that it waits for the next line."""

    def __init__(self, argv, mark, env, folder):
        import fcntl  # Windows has none of these
        import pty
        import termios

        self.mark = mark.encode()
        self.lines = 0
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe(argv[0], argv, env)
        # Wide, so that no line editor wraps the prompt.
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("4H", 40, 1000, 0, 0))
        self.wait_for_prompt_after(b"")

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)

    def run(self, line):
        """Type a line, and return the prompt that is drawn after it."""
        self.lines += 1
        # The quotes keep the echo of what is typed from looking like what is printed.
        self.send(f"{line}; echo do''ne{self.lines}")
        return self.wait_for_prompt_after(b"done%d\n" % self.lines)

    def send(self, line):
        """Type a line and don't wait for what comes of it."""
        os.write(self.descriptor, os.fsencode(line) + b"\r")

    def wait_for_prompt_after(self, printed, seconds=20):
        """Read until the mark is shown after what was printed, and return what was shown after that."""
        shown = b""
        deadline = time.monotonic() + seconds
        while self.mark not in shown.partition(printed)[2] if printed else self.mark not in shown:
            ready, _, _ = select.select([self.descriptor], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"no prompt within {seconds} seconds, but {shown!r}"
            shown = (shown + os.read(self.descriptor, 65536)).replace(b"\r\n", b"\n")
        return os.fsdecode(shown[shown.index(printed) + len(printed) :])
