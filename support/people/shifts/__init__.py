"""Shifts: when each member of staff works, rests and is away. Kept by supervisors and administrators; read by the desk, the router and the coverage.

A plan says when somebody works week by week, an exception what is different on some days. Who has no plan is held to be there always.
"""
from support.people.shifts.keeping import (
    CHANGED,
    KINDS,
    add_exception,
    find_plan,
    listed,
    remove_exception,
    remove_plan,
    save_plan,
)
from support.people.shifts.models import ShiftException, ShiftPlan
from support.people.shifts.plans import Plan
from support.people.shifts.standing import Reminder, off_shift, plans, reminder
from support.people.shifts.weeks import Day, Week, days_of, week

__all__ = [
    "CHANGED", "KINDS", "Day", "Plan", "Reminder", "ShiftException", "ShiftPlan", "Week", "add_exception", "days_of", "find_plan", "listed", "off_shift", "plans", "reminder",
    "remove_exception", "remove_plan", "save_plan", "week",
]
