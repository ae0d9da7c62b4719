"""Who is trained for what. Routing asks `level`, `levels` and who is in training (`trainees`); administration grants and revokes, keeps courses and records.

`level(person, skill, at)` is the highest certificate valid at that instant, and nothing else is a level.
"""
from support import demo, jobs
from support.training import cast, courses, ending, records, trainees
from support.training.certificates import grant, held_by, lapsing, last_day, matrix, revoke
from support.training.levels import everybody, lapsed, level, levels, look_again
from support.training.models import Certificate, Course, Skill, TrainingRecord
from support.training.skills import active, all_skills, language_skills

__all__ = [
    "Certificate", "Course", "Skill", "TrainingRecord", "active", "courses", "everybody", "all_skills", "grant", "held_by", "language_skills", "lapsed", "lapsing", "last_day", "level", "levels", "look_again",
    "matrix", "records", "revoke", "trainees",
]


def init_app(app, settings) -> None:
    jobs.every(app, 60, "certificates that end", ending.tell, needed=ending.is_due)
    demo.part(app, 20, cast.build)
