"""One figure with the formula beside it, and how its numbers are written."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask_babel import format_decimal


@dataclass(frozen=True)
class Figure:
    """One figure: `value` is a number, an instant or a list of numbers; `formula` says how it comes about, like `name` in the reader's words."""

    name: str
    value: object
    formula: str


Part = tuple[str, list[Figure]]


def written(number: int | Decimal) -> str:
    """A number as the reader writes it, with all its digits."""
    digits = -number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return format_decimal(number, "#,##0" + "." * (digits > 0) + "0" * digits)
