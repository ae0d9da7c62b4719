"""When and where the classifier learns: asked by an administrator, a command or the clock, done by a program of its own beside this process.

`learning.py` needs scikit-learn and some hundred megabytes for a few seconds; whoever serves people or mails has neither to wait for it nor to carry it.
"""
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

import structlog
from flask import current_app
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from support.classification import examples, kinds
from support.classification.models import BROKEN, READY, RUNNING, TOO_FEW, Training
from support.clock import now
from support.database import db, lock, transaction
from support.errors import IllegalMove
from support.events import record
from support.people.permissions import demand

log = structlog.get_logger(__name__)

ROOT = Path(__file__).resolve().parents[2]
LEASE = timedelta(seconds=60)  # renewed while the pupil is at it; whoever dies leaves it to the next
LONGEST = 900.0  # seconds one training may take
KEPT = 2  # models that keep their weights


@dataclass
class Pupil:
    """A program that learns: its training, and files without names for what goes in and comes out."""

    training_id: int
    examples: int
    process: subprocess.Popen
    out: IO[bytes]
    begun: float

    @classmethod
    def sent(cls, training_id: int, texts: list[tuple[str, str]]) -> "Pupil":
        """Start it; returns at once."""
        out = tempfile.TemporaryFile()
        with tempfile.TemporaryFile() as given:
            given.write(json.dumps(texts).encode())
            given.seek(0)
            process = subprocess.Popen([sys.executable, "-m", f"{__package__}.learning"], stdin=given, stdout=out, stderr=subprocess.DEVNULL, cwd=ROOT)
        return cls(training_id, len(texts), process, out, time.monotonic())

    @property
    def is_at_it(self) -> bool:
        if self.process.poll() is None and time.monotonic() - self.begun > LONGEST:
            self.process.kill()
            self.process.wait()
        return self.process.poll() is None

    def result(self) -> tuple[dict, bytes] | None:
        """What it told and the packed model; None when it failed."""
        self.out.seek(0)
        told, _line, packed = self.out.read().partition(b"\n")
        self.out.close()
        return (json.loads(told), packed) if self.process.returncode == 0 else None


def want(person) -> Training:
    """An administrator asks for a training, which begins within seconds; IllegalMove while one is wanted or runs already."""
    demand(person, "administer")
    return _want(person)


def _want(person=None) -> Training:
    try:
        with transaction() as session:
            training = Training(live=True, wanted_at=now())
            session.add(training)
            session.flush()
            record(kinds.WANTED, subject=("classifier_training", training.id), actor=person, training_id=training.id)
    except IntegrityError:
        raise IllegalMove() from None
    return training


def want_by_the_clock() -> None:
    """Timed: learn anew if there is something new to learn from."""
    last = db.session.scalar(select(Training).order_by(Training.id.desc()).limit(1))
    count = len(examples.gathered())
    if count and (last is None or last.live is None and last.examples != count):
        _want()


def is_due() -> bool:
    """Whether this process has a pupil, or somebody waits for one."""
    if current_app.extensions["pupil"].get("now") is not None:
        return True
    due = db.session.scalar(select(Training.id).where(Training.live, _free()))
    db.session.rollback()
    return due is not None


def step() -> None:
    """Timed: begin what is wanted, look after what runs, store what is learned. Never waits."""
    mine = current_app.extensions["pupil"]
    pupil = mine.get("now")
    if pupil is None:
        if (training_id := _claimed()) is not None:
            mine["now"] = _begin(training_id)
    elif pupil.is_at_it:
        with transaction() as session:
            session.execute(update(Training).where(Training.id == pupil.training_id, Training.live).values(leased_until=now() + LEASE))
    else:
        mine["now"] = None
        _end(pupil)


def teach() -> Training | None:
    """Learn now and wait for it, for the command; None while another training holds the turn."""
    try:
        _want()
    except IllegalMove:
        pass
    training_id = _claimed()
    if training_id is None:
        return None
    pupil = _begin(training_id)
    if pupil is not None:
        pupil.process.wait(LONGEST)
        _end(pupil)
    return db.session.get(Training, training_id, populate_existing=True)


def _free():
    return or_(Training.leased_until.is_(None), Training.leased_until < now())


def _claimed() -> int | None:
    with transaction() as session:
        training_id = session.scalar(select(Training.id).where(Training.live, _free()))
        if training_id is None:
            return None
        claimed = session.execute(update(Training).where(Training.id == training_id, Training.live, _free()).values(state=RUNNING, leased_until=now() + LEASE))
    return training_id if claimed.rowcount == 1 else None


def _begin(training_id: int) -> Pupil | None:
    """None when there is too little to learn from; that ends it."""
    texts = examples.gathered()
    if texts:
        return Pupil.sent(training_id, texts)
    _finish(training_id, TOO_FEW, kinds.FAILED, reason=TOO_FEW)
    return None


def _end(pupil: Pupil) -> None:
    """Store what was learned."""
    result = pupil.result()
    if result is None:
        log.warning("the classifier could not learn", training_id=pupil.training_id, status=pupil.process.returncode)
        _finish(pupil.training_id, BROKEN, kinds.FAILED, reason=BROKEN)
        return
    told, packed = result
    values = {"examples": pupil.examples, "accuracy": told["right"], "by_queue": told["by_class"], "weights": packed}
    _finish(pupil.training_id, READY, kinds.TRAINED, values, examples=pupil.examples, percent=round(100 * told["right"]))


def _finish(training_id: int, state: str, kind, values=None, **told) -> None:
    """End a training once, whoever is first."""
    with transaction() as session:
        training = lock(session, Training, training_id)
        if training.live is None:
            return
        training.state, training.live, training.leased_until, training.ended_at = state, None, None, now()
        for name, value in (values or {}).items():
            setattr(training, name, value)
        if state == READY:
            newest = select(Training.id).where(Training.weights.is_not(None)).order_by(Training.id.desc()).limit(KEPT)
            session.flush()
            session.execute(update(Training).where(Training.id.not_in(list(session.scalars(newest)))).values(weights=None).execution_options(synchronize_session=False))
        record(kind, subject=("classifier_training", training.id), training_id=training.id, **told)
