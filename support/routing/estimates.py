"""How long somebody who joins a line will wait: a middle, and a limit that nine of ten stay under. Pure: no database, no clock.

Learned online. Waits spread in proportion to their length, so everything is said in logarithms. A ridge regression that slowly
forgets turns what is seen at the moment of joining (who waits before, who could serve him and what else waits for those people,
how long the first one and the last answered ones of the cell waited) into a middle. The limit is no model: it is the ratio, wait
by middle, that nine of ten of the last hundreds of answered ones stayed under, among lines about as well staffed (conformal), and
it is moved a little by each answer, so that what is announced holds in nine of ten even while things change. Measured
in docs/performance.md; the predictors are compared in Ibrahim and Whitt (2009) and by Thiongane, Chan and L'Ecuyer.
"""
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

COVERED = 0.9
LEAST = 8  # answered ones before anything is said
LEVELLED = 3  # and so many before their ratios count: until then even the order of magnitude is a guess
FORGETTING = 0.9995  # weight of an answered wait after each further one: half of it after about 1,400
RIDGE = 3.0
RATIOS = 400  # the last answered ones of lines about as well staffed
LEAST_RATIOS = 30  # fewer: those of all lines
PACE = 0.05  # how far one answer moves the limit, as a logarithm: up by nine tenths of it when it did not hold, down by one when it did
FARTHEST = 1.5  # the most that a limit is moved, as a logarithm: 4.5 times
STAFFED = (4, 8, 16, 32)  # people at desks: bounds of “about as well staffed”
OFFSET = 5.0  # seconds added to each wait: below that, differences mean nothing
FRESH = 1800.0  # seconds for which the last answered wait of a cell says something
RECENT = 15  # answered waits that tell what it is like just now
MIDDLE = 4.0  # about a minute, as a logarithm: where all terms are counted from
DOUBTED, HEEDED, CELL_PACE, SLOW_PACE = 4, 12, 0.1, 0.02  # how fast a cell's own waits weigh against those of all


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen when somebody joins the line of a cell (queue, channel, language) at `at`, in seconds.

    `ahead` wait in the cell before him, `first` of them go before him by their weight too; the first one has waited `head_seconds`.
    `desks` people at desks are trained for it; `share` is their number, each counted by the part of this cell in all that waits in
    his lines, and `around` is how many wait in the lines of one of them on average, the new one included in both.
    """

    cell: tuple
    channel: str
    at: float
    ahead: int
    first: int
    head_seconds: float
    desks: int
    share: float
    around: float
    value: float = 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """Half stay under `middle_seconds`, nine of ten under `limit_seconds`. Not `ready`: it is known to be worth little.

    The whole is kept until the outcome is known.
    """

    middle_seconds: float
    limit_seconds: float
    terms: tuple[float, ...]
    group: str
    ready: bool


class Estimator:
    """What was learned of waits. It is as old as the last `came`; whoever replays the same answers has the same one."""

    def __init__(self):
        self._of_products, self._of_waits = np.zeros((TERMS, TERMS)), np.zeros(TERMS)
        self._weights: np.ndarray | None = None
        self._ratios: dict[str, deque[float]] = {}
        self._moved: dict[str, float] = {}
        self._cells: dict[tuple, _Cell] = {}
        self._recent: deque[float] = deque(maxlen=RECENT)
        self._all = MIDDLE
        self.answered = 0

    def estimate(self, sight: Sight) -> Estimate:
        """What to expect now."""
        terms, group = self._terms(sight), group_of(sight)
        guess = self._guess(np.asarray(terms))
        ratios = self._ratios_of(group)
        middle = _share_of(ratios, 0.5) if ratios else 0.0
        limit = (_share_of(ratios, COVERED) if ratios else math.log(3.0)) + self._moved.get(group, 0.0)
        return Estimate(seconds_of(guess + middle), seconds_of(guess + max(middle, limit)), terms, group, self.answered >= LEAST)

    def came(self, cell: tuple, at: float, estimate: Estimate, waited: float) -> None:
        """He was answered after `waited` seconds: learn what he had been told, and what the cell is like now."""
        truth = log_of(waited)
        row = np.asarray(estimate.terms)
        off = truth - self._guess(row)  # by what is known now, without him: what was guessed at first tells about beginners only
        self._of_products = FORGETTING * self._of_products + np.outer(row, row)
        self._of_waits = FORGETTING * self._of_waits + row * (truth - MIDDLE)
        self._weights = None
        for group in (estimate.group, ALL) if self.answered >= LEVELLED else ():
            self._ratios.setdefault(group, deque(maxlen=RATIOS)).append(off)
        if estimate.ready:
            moved = self._moved.get(estimate.group, 0.0) + PACE * ((waited > estimate.limit_seconds) - (1 - COVERED))
            self._moved[estimate.group] = min(FARTHEST, max(-FARTHEST, moved))  # a long run of one kind must not take as long to make good
        self._all += (truth - self._all) * (SLOW_PACE if self.answered else 1.0)
        self._recent.append(truth)
        self._cells.setdefault(cell, _Cell()).answered(truth, at)
        self.answered += 1

    def _terms(self, sight: Sight) -> tuple[float, ...]:
        """What the regression is given: logarithms, about nought in an ordinary minute."""
        desks, share = max(0.7, sight.desks), max(0.3, sight.share)
        cell = self._cells.get(sight.cell) or _Cell()
        usual = cell.usual(self._all)
        return (
            1.0,
            math.log((sight.first + 1) / share), math.log((sight.ahead + 1) / share), math.log((sight.around + 1) / desks), math.log(sight.around + 1) - 1.5,
            log_of(sight.head_seconds) - MIDDLE, cell.last(sight.at, usual) - MIDDLE, usual - MIDDLE, self._all - MIDDLE,
            (sum(self._recent) / len(self._recent) if self._recent else self._all) - MIDDLE,
            math.log(max(0.1, sight.value)), math.log(desks + 1) - 2.0, 1.0 if sight.channel == "chat" else 0.0,
        )

    def _guess(self, row: np.ndarray) -> float:
        return float(self._fitted() @ row) + MIDDLE

    def _fitted(self) -> np.ndarray:
        if self._weights is None:
            held = RIDGE * np.eye(TERMS)
            held[0, 0] = 0.001  # where it stands in all is no matter of caution
            self._weights = np.linalg.solve(self._of_products + held, self._of_waits)
        return self._weights

    def _ratios_of(self, group: str) -> Sequence[float]:
        own = self._ratios.get(group, ())
        return own if len(own) >= LEAST_RATIOS else self._ratios.get(ALL, ())


TERMS = 13
ALL = "all"


class _Cell:
    """The answered waits of one cell, smoothed, and its last one. All as logarithms."""

    def __init__(self):
        self.count, self.smoothed, self.newest, self.newest_at = 0, 0.0, 0.0, -math.inf

    def answered(self, truth: float, at: float) -> None:
        self.count += 1
        self.smoothed += (truth - self.smoothed) * max(1 / self.count, CELL_PACE)
        self.newest, self.newest_at = truth, at

    def usual(self, of_all: float) -> float:
        """Its own, leaning on those of all while they are few."""
        heeded = min(HEEDED, self.count)
        return (heeded * self.smoothed + DOUBTED * of_all) / (heeded + DOUBTED)

    def last(self, at: float, usual: float) -> float:
        return self.newest if at - self.newest_at < FRESH else usual


def group_of(sight: Sight) -> str:
    """Lines about as well staffed, of one channel: the fewer people, the wider the range."""
    return f"{sight.channel} {sum(sight.desks >= bound for bound in STAFFED)}"


def log_of(seconds: float) -> float:
    return math.log(max(0.0, seconds) + OFFSET)


def seconds_of(logarithm: float) -> float:
    return max(0.0, math.exp(min(logarithm, 20.0)) - OFFSET)


def _share_of(ratios: Sequence[float], share: float) -> float:
    """The least ratio that at least this share stays under, with one more in doubt."""
    ordered = sorted(ratios)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * (len(ordered) + 1)) - 1))]
