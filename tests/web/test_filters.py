"""How times, money and numbers read."""
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from support import clock
from support.web import filters

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # 12:00 in Berlin


@pytest.fixture
def page(app, monkeypatch):
    """A request of nobody, Tuesday 24 November 2026 at noon in Berlin."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(("passed", "words"), [
    (timedelta(seconds=20), "just now"), (timedelta(minutes=1), "1 minute ago"), (timedelta(minutes=59), "59 minutes ago"),
    (timedelta(minutes=119), "1 hour ago"), (timedelta(hours=30), "1 day ago"), (timedelta(days=6), "6 days ago"),
    (timedelta(days=9), "Sunday 15 November"), (timedelta(minutes=-5), "in 5 minutes"),
])
def test_how_long_ago(page, passed, words):
    shown = filters.ago(NOON - passed)
    assert words in shown and "data-ago" in shown and 'title="' in shown


@pytest.mark.parametrize(("at", "words"), [
    (NOON - timedelta(hours=2), "today, 10:00"), (NOON - timedelta(days=1), "yesterday, 12:00"), (NOON + timedelta(hours=13), "tomorrow, 01:00"),
    (NOON - timedelta(days=40), "Thu 15 Oct, 13:00"), (NOON - timedelta(days=400), "20 Oct 2025, 13:00"),
])
def test_when(page, at, words):
    assert words in filters.when(at)


def test_the_day_is_the_readers_and_names_the_year_only_when_it_is_another(page):
    assert filters.day(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)) == "Wednesday 25 November"
    assert filters.day(date(2027, 1, 2)) == "2 January 2027"
    assert filters.iso_day(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)) == "2026-11-25"


def test_money_and_numbers(page):
    assert filters.money(Decimal("1842.5"), "EUR") == "€1,842.50"
    assert filters.number(12345) == "12,345" and filters.money(None) == ""


@pytest.mark.parametrize(("seconds", "words"), [(8, "8 s"), (59.9, "59 s"), (360, "6 min"), (3600, "1 h"), (4200, "1 h 10 min"), (183_600, "2 d 3 h"), (-5, "0 s")])
def test_durations_name_the_two_largest_units(page, seconds, words):
    assert filters.duration(seconds) == words


def test_plain_text_becomes_paragraphs_and_stays_text(page):
    shown = filters.paragraphs("One\ntwo\n\n<script>alert(1)</script> https://example.org/?a=1&b=2 javascript:alert(1)")
    assert shown.startswith("<p>One<br>two</p>") and shown.count("<p>") == 2
    assert "<script>" not in shown and 'href="javascript' not in shown
    assert 'href="https://example.org/?a=1&amp;b=2"' in shown and 'rel="' in shown and "nofollow" in shown


@pytest.mark.parametrize(("title", "shown"), [
    ("Change my name, e-mail or address", '<span>Change my name, <span class="sb-nowrap">e-mail</span> or address</span>'), ("E-Mail-Adresse", '<span><span class="sb-nowrap">E-Mail</span>-Adresse</span>'),
    ("Five-year promise <1>", "Five-year promise &lt;1&gt;"),
])
def test_no_line_of_a_title_ends_behind_one_letter_and_its_hyphen(title, shown):
    assert filters.whole(title) == shown
