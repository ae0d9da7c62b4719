"""Certificates that end: the holder hears of it a month and a week before, and that it is over is told once.

A certificate that another one outlives, or outranks until the same day, ends without a word. Nothing here decides who is offered what: routing asks
the certificates themselves before each offer, at accept and at pull, and work in hand goes on.
"""
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from support.clock import now
from support.database import db, lock, transaction
from support.events import record
from support.training import kinds
from support.training.models import Certificate

WARNINGS = (7, 30)  # days before the end
TOGETHER = 20  # certificates in one round, since other timed work waits for it; the next comes within a minute


def is_due() -> bool:
    """Whether anything must be told; reads only."""
    found = db.session.scalar(_due(now()).limit(1)) is not None
    db.session.rollback()
    return found


def tell() -> None:
    """Write an event for every certificate that ends soon or has ended, unless that was told before."""
    at = now()
    for certificate_id in db.session.scalars(_due(at).limit(TOGETHER)).all():
        with transaction() as session:
            certificate = lock(session, Certificate, certificate_id)
            if certificate.revoked_at is None and certificate.valid_until is not None:
                _tell(certificate, at)


def _due(at: datetime):
    soon = [
        and_(Certificate.valid_until > at, Certificate.valid_until <= at + timedelta(days=days), or_(Certificate.warned_days.is_(None), Certificate.warned_days > days))
        for days in WARNINGS
    ]
    untold = (Certificate.revoked_at.is_(None), Certificate.lapse_told_at.is_(None), Certificate.valid_from <= at)
    return select(Certificate.id).where(*untold, or_(Certificate.valid_until <= at, *soon)).order_by(Certificate.valid_until)


def _tell(certificate: Certificate, at: datetime) -> None:
    left = certificate.valid_until - at
    if left <= timedelta(0):
        is_news = certificate.lapse_told_at is None
        certificate.lapse_told_at = at
        kind = kinds.LAPSED
    else:
        days = next(days for days in WARNINGS if left <= timedelta(days=days))
        was_known = certificate.valid_until - certificate.valid_from <= timedelta(days=days)  # whoever was given less hears nothing new
        is_news = not was_known and (certificate.warned_days is None or certificate.warned_days > days)
        certificate.warned_days = min(days, certificate.warned_days or days)
        kind = kinds.LAPSING
    if is_news and not _is_renewed(certificate):
        record(
            kind, subject=("certificate", certificate.id), person_id=certificate.person_id, skill_id=certificate.skill_id, level=certificate.level,
            until=certificate.valid_until.isoformat(),
        )


def _is_renewed(certificate: Certificate) -> bool:
    """Whether another certificate outlives it at its level or above, or takes its place until the same end: then one of the two is told of."""
    other = aliased(Certificate)
    outranks = or_(other.level > certificate.level, other.id > certificate.id)
    goes_on = exists().where(
        other.person_id == certificate.person_id, other.skill_id == certificate.skill_id, other.level >= certificate.level, other.id != certificate.id,
        other.revoked_at.is_(None), other.valid_from <= certificate.valid_until,
        or_(other.valid_until.is_(None), other.valid_until > certificate.valid_until, and_(other.valid_until == certificate.valid_until, outranks)),
    )
    return db.session.scalar(select(goes_on))
