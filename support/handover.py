"""From old web workers to new ones when gunicorn is told to start anew (SIGHUP): the old serve on until the new can.

gunicorn tells the old workers to end while the new ones still load the program, and whoever comes meanwhile would wait for seconds.
Standard library only: the master of gunicorn imports it, and must not load what gevent has to patch first.
"""
import mmap
import time

ROOM = 4096  # workers that are remembered, by age
PATIENCE = 20.0  # seconds in which a new worker must have loaded; then the old ones end in any case
LOOK = 0.1


class Handover:
    """Memory that the master and all its workers share: how old the youngest worker is, and which of them serve."""

    def __init__(self):
        self._memory = mmap.mmap(-1, 8 + ROOM)

    @property
    def youngest(self) -> int:
        """Age of the worker that was started last; ages count up from 1."""
        return int.from_bytes(self._memory[:8])

    def starts(self, age: int) -> None:
        """The master is about to start a worker."""
        self._memory[8 + age % ROOM] = 0
        self._memory[:8] = age.to_bytes(8)

    def serves(self, age: int) -> None:
        """This worker has loaded the program."""
        self._memory[8 + age % ROOM] = 1

    def wait_for_younger(self, age: int, patience: float = PATIENCE) -> bool:
        """Wait until all workers started after this one serve; False when they did not within `patience` seconds. Returns at once when there are none."""
        end = time.monotonic() + patience
        while not all(self._memory[8 + younger % ROOM] for younger in range(max(age, self.youngest - ROOM) + 1, self.youngest + 1)):
            if time.monotonic() > end:
                return False
            time.sleep(LOOK)
        return True
