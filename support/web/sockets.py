"""What is known of each open socket, and how much it may say."""
import time
from dataclasses import dataclass, field

FORGET_BEYOND = 10_000  # addresses remembered at once; those whose bucket is full again are forgotten


class Bucket:
    """How much somebody may still say: so many a second, as many at once."""

    def __init__(self, per_second: float, at_once: float):
        self.per_second, self.at_once, self.left, self.filled = per_second, at_once, at_once, time.monotonic()

    def take(self) -> bool:
        """Whether one more is allowed; it counts either way."""
        instant = time.monotonic()
        self.left = min(self.at_once, self.left + (instant - self.filled) * self.per_second) - 1
        self.filled = instant
        return self.left >= 0

    def is_full(self) -> bool:
        """Whether nothing that was said still counts."""
        return self.left + (time.monotonic() - self.filled) * self.per_second >= self.at_once


@dataclass
class Socket:
    """One open socket: who it belongs to, what it shows, how much it may still say, alone and with the person's others."""

    sign_in_id: int
    person_id: int
    is_staff: bool
    name: str  # by which colleagues see that it is open, see `viewing`
    alone: Bucket
    together: Bucket
    screens: set[str] = field(default_factory=set)
    looked: dict[str, float] = field(default_factory=dict)  # screen and time.monotonic() of the last look whether it may be seen

    def may_speak(self) -> bool:
        """Whether it may say one more thing now."""
        return self.alone.take() & self.together.take()


class Arrivals:
    """How often an address opens sockets in this process."""

    def __init__(self, per_minute: int):
        self.per_minute, self.buckets = per_minute, {}

    def take(self, address: str) -> bool:
        """Whether one more may be opened from there; it counts either way."""
        if len(self.buckets) > FORGET_BEYOND:
            self.buckets = {known: bucket for known, bucket in self.buckets.items() if not bucket.is_full()}
        bucket = self.buckets.setdefault(address, Bucket(self.per_minute / 60, self.per_minute))
        return bucket.take()
