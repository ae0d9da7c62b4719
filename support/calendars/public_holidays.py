"""Public holidays by country, from the `holidays` package, plus the days a company closes by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=512)
def public_holidays(country: str, subdivision: str | None, year: int, language: str = "en_US") -> Mapping[date, str]:
    """Date → name of the holidays of one year, in `language` where the package knows it. Empty without a country."""
    if not country:
        return {}
    known = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=language)
    return dict(sorted(known.items()))


@lru_cache(maxsize=1)
def countries() -> Mapping[str, tuple[str, ...]]:
    """Two-letter codes of the countries whose holidays are known, each with its subdivisions."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(parts) for code, parts in sorted(known.items()) if len(code) == 2}


def holiday_language(country: str, locale: str) -> str:
    """The form of a reader's language that the package offers for a country; English where it offers none."""
    offered = holidays.list_localized_countries().get(country, ())
    wanted = [language for language in offered if language.split("_")[0] == locale.split("_")[0]]
    return wanted[0] if wanted else "en_US"


class Closures:
    """The days on which a calendar is closed; years are computed when first asked for."""

    def __init__(self, country: str, subdivision: str | None, own: Mapping[str, str], language: str = "en_US"):
        self.country, self.subdivision, self.own, self.language = country, subdivision, own, language

    def get(self, day: date) -> str | None:
        """Why the day is closed, or None. A day of the company's own wins over a public one."""
        own = self.own.get(day.isoformat())
        return own or public_holidays(self.country, self.subdivision, day.year, self.language).get(day)
