"""Who is trained for what. Routing asks `level` and `levels`; administration grants and revokes.

`level(person, skill, at)` is the highest certificate valid at that instant, and nothing else is a level.
"""
from support import demo, jobs
from support.training import cast, ending
from support.training.certificates import grant, held_by, lapsing, last_day, matrix, revoke
from support.training.levels import lapsed, level, levels
from support.training.models import Certificate, Skill
from support.training.skills import active, all_skills, language_skills

__all__ = ["Certificate", "Skill", "active", "all_skills", "grant", "held_by", "language_skills", "lapsed", "lapsing", "last_day", "level", "levels", "matrix", "revoke"]


def init_app(app, settings) -> None:
    jobs.every(app, 60, "certificates that end", ending.tell, needed=ending.is_due)
    demo.part(app, 20, cast.build)
