"""One at a time, in the order of coming.

SQLite has one writer. A thread that finds it busy sleeps and looks again, so whoever comes later may be first, and
somebody waits for many seconds while others pass. Threads of one process therefore stand in line here first;
SQLite's own lock is left for other processes, such as a command beside the running server.
"""
import threading
from collections import deque


class Turns:
    """A lock that is handed over to whoever has waited longest. Not for a thread that holds it already."""

    def __init__(self):
        self._guard, self._line, self._taken = threading.Lock(), deque(), False

    def take(self, seconds: float) -> bool:
        """Wait for one's turn, at most so long; tells whether it came. Who got it must `give` it back."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._line.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine in self._line:
                self._line.remove(mine)
                return False
        return True  # it came at the last moment

    def give(self) -> None:
        """The next in line has it now."""
        with self._guard:
            if self._line:
                self._line.popleft().release()
            else:
                self._taken = False
