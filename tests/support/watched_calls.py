"""Calls of the command line that are watched: what they may print, run, reach, and how long."""

import signal
import sys
from collections import Counter
from contextlib import contextmanager
from unicodedata import category

from support.command_line import called
from support.odd_inputs import PLANTED

HANGS = 60
"""Seconds of this process's own work after which a call hangs. Most calls take a tenth of one."""

_FORBIDDEN = (
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pickle.find_class",
    "pty.spawn",
    "socket.connect",
    "subprocess.Popen",
)
_STEERING = ("Cc", "Cf", "Cs", "Zl", "Zp")
_seen: list[str] | None = None


def _listen(event, arguments):
    if _seen is not None and event in _FORBIDDEN:
        _seen.append(f"{event} {arguments!r:.300}")


sys.addaudithook(_listen)  # for as long as the process lives: Python takes none away


class Hangs(BaseException):
    """No `Exception`, because code under test may catch those."""


@contextmanager
def watched():
    """Fail if what runs inside starts a program, reaches out, unpickles a class, or hangs."""
    global _seen

    def hangs(*_):
        raise Hangs

    before = signal.signal(signal.SIGVTALRM, hangs)
    _seen = seen = []
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        _seen = None
    assert not seen, seen
    assert PLANTED not in sys.modules


def _steers(character):
    """Return whether a character steers a terminal: no letter, sign, space or end of a line does.

    Some scripts need joiners between letters.
    """
    return category(character) in _STEERING and character not in "\n\u200c\u200d"


class Calls:
    """Calls of the command line with odd words, and how often each exit code came."""

    def __init__(self):
        self.codes = Counter()

    def __call__(self, *words):
        """Call it; whatever it was given, what comes back is short and harmless."""
        with watched():
            code, out, err = called(*words)
        assert code in (0, 2), (code, out, err)
        assert max(map(len, err.split("\n"))) < 500, err
        assert not any(map(_steers, out + err)), out + err
        assert "Traceback" not in out + err
        self.codes[code] += 1
        return code

    def __str__(self):
        codes = ", ".join(f"{many:,} with exit code {code}" for code, many in self.codes.items())
        return f"{self.codes.total():,} calls: {codes}"
