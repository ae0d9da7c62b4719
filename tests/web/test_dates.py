"""How a day reads in a language and a country: whole words where a sentence has room, and no line that ends after “26.”."""
from datetime import UTC, date, datetime

import pytest
from flask_babel import force_locale

from support import dates

DAY, TODAY = date(2026, 11, 26), date(2026, 11, 24)


@pytest.mark.parametrize(("language", "spelled", "short"), [
    ("en", "Thursday 26 November", "Thu 26 Nov"), ("en_US", "Thursday, November 26", "Thu, Nov 26"), ("de", "Donnerstag, 26.\u00a0November", "Do., 26.\u00a0Nov."),
    ("fr", "jeudi 26 novembre", "jeu. 26 nov."),
])
def test_a_day_of_this_year_is_spelled_out_or_short(app, language, spelled, short):
    with app.test_request_context(), force_locale(language):
        assert (dates.spelled(DAY, TODAY), dates.short(DAY, TODAY)) == (spelled, short)


@pytest.mark.parametrize(("language", "spelled", "short"), [("en", "26 November 2025", "26 Nov 2025"), ("de", "26.\u00a0November 2025", "26.\u00a0Nov. 2025")])
def test_a_day_of_another_year_names_it(app, language, spelled, short):
    with app.test_request_context(), force_locale(language):
        assert (dates.spelled(date(2025, 11, 26), TODAY), dates.short(date(2025, 11, 26), TODAY)) == (spelled, short)


def test_a_moment_is_written_as_the_country_of_the_shop_does(app):
    with app.test_request_context():
        assert dates.moment(datetime(2026, 11, 26, 13, 5, tzinfo=UTC)) == "26 November 2026, 14:05"
