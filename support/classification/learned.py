"""What the classifier has learned, in the memory of each process."""
from dataclasses import dataclass
from datetime import datetime
from zipfile import BadZipFile

import structlog
from sqlalchemy import select
from sqlalchemy.orm import undefer

from support.classification import kinds
from support.classification.model import Model
from support.classification.models import READY, Training
from support.kept import Kept

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Learned:
    """The newest model and how it did."""

    id: int
    model: Model
    accuracy: float
    examples: int
    ended_at: datetime


def _read(session) -> Learned | None:
    newest = select(Training).where(Training.state == READY, Training.weights.is_not(None)).order_by(Training.id.desc()).limit(1)
    row = session.scalar(newest.options(undefer(Training.weights)))
    if row is None:
        return None
    try:
        return Learned(row.id, Model.unpacked(row.weights), row.accuracy, row.examples, row.ended_at)
    except (ValueError, KeyError, BadZipFile):
        log.warning("what was learned is of another version", training_id=row.id)
        return None


current = Kept(_read, models=(Training,), kinds=(kinds.TRAINED,))
