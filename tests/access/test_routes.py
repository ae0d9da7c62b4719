"""Every route × every role: what is answered, that no word of somebody else is in it, and that a refusal changes nothing."""
import io
import re
import zipfile

import pytest

from tests.access.addresses import address
from tests.access.furnishing import INSIDE, OWN, ROLES, STAFF
from tests.access.matrix import ROWS, Row
from tests.access.shop import Visit, shop
from wsgi import create_app

REFUSED = ("in", "401", "403", "404", "405", "409", "422", "429")
HIDDEN = {"maja": tuple(INSIDE.values()), **{role: () for role in STAFF}}  # what a role may never read; strangers neither hers nor ours
STRANGE = (*OWN.values(), *INSIDE.values())


@pytest.fixture
def visit(request, tmp_path):
    """One role in the furnished shop."""
    visitor = Visit(shop(tmp_path), request.param, tmp_path)
    yield visitor
    visitor.close()


def routes(app) -> list[str]:
    return sorted(f"{method} {rule.rule}" for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"})


def body_of(row: Row, things: dict) -> dict | None:
    return {name.format(**things): value.format(**things) for name, value in row.body.items()} if row.body is not None else None


def told_to(row: Row, path: str, body: dict | None) -> str:
    """The words somebody brought along, which an answer may repeat to him."""
    return " ".join([path, *(body or {}).values(), *row.told])


def answer_of(visit: Visit, row: Row):
    """Ask as a browser would; the outcome is the status, or `in` when sent to the page for signing in."""
    things = visit.shop.things
    path, body = address(visit.app, row, things), body_of(row, things)
    visit.begin()
    answer = visit.client().open(path, method=row.route.split(" ")[0], data=body)
    asked_in = answer.status_code == 303 and "sign-in?next=" in answer.location
    return answer, "in" if asked_in else str(answer.status_code), told_to(row, path, body)


def words_of(answer) -> str:
    """What the body says; of an archive, the words of all its files."""
    if answer.mimetype != "application/zip":
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "\n".join(f"{name} {packed.read(name).decode(errors='replace')}" for name in packed.namelist())


def test_every_route_has_its_row_and_every_row_its_route(app):
    assert routes(app) == sorted({row.route for row in ROWS})


def test_a_new_route_without_a_row_is_noticed(settings, world):
    app = create_app(settings)
    app.add_url_rule("/new-thing", "new_thing", lambda: "")
    assert set(routes(app)) - {row.route for row in ROWS} == {"GET /new-thing"}


@pytest.mark.parametrize("visit", ROLES, indirect=True)
def test_every_role_gets_what_the_matrix_says_and_no_more(visit):
    faults = []
    for row in ROWS:
        expected = row.expected.split()[ROLES.index(visit.role)]
        answer, outcome, brought = answer_of(visit, row)
        if outcome != expected:
            faults.append(f"{row.route} {row.things}: {outcome} instead of {expected}")
        shown = f"{words_of(answer)} {answer.headers}"
        faults += [f"{row.route}: shows {word}" for word in HIDDEN.get(visit.role, STRANGE) if word in shown and word not in brought]
        if row.route.startswith("GET ") or outcome in REFUSED:
            faults += [f"{row.route}: {outcome}, and yet {table} changed" for table in visit.changed() - set(row.writes)]
        visit.restore()
    assert not faults, "\n".join(faults)


SEEN = {"maja": {*OWN.values()}, "ines": {*INSIDE.values()} - {INSIDE["draft"]}, "arno": {INSIDE["draft"], INSIDE["review"], INSIDE["note"]}}


@pytest.mark.parametrize("visit", SEEN, indirect=True)
def test_the_matrix_can_see_the_marked_words(visit):
    """Else it would find nothing because there is nothing to find."""
    seen = set()
    for row in (row for row in ROWS if row.route.startswith("GET ")):
        answer, _outcome, brought = answer_of(visit, row)
        seen |= {word for word in STRANGE if word in words_of(answer) and word not in brought}
    assert SEEN[visit.role] <= seen


PASSING = re.compile(r'data-(live|thread)-version-value="\d+"|name="client_id" value="[^"]+"|T\d\d:\d\d:\d\d\.\d+')  # other at each look


@pytest.mark.parametrize("visit", ["nobody", "odile", "gero"], indirect=True)
def test_nothing_that_others_see_depends_on_how_much_maja_has(visit, more_of_maja):
    """Counts, pages, totals, suggestions: with more orders, questions, notes and addresses of hers every page of theirs stays the same."""
    pages = [row for row in ROWS if row.route.startswith("GET ") and row.route != "GET /metrics"]
    before = [PASSING.sub("", words_of(answer_of(visit, row)[0])) for row in pages]
    visit.restore()
    more_of_maja(visit)
    for row, told in zip(pages, before, strict=True):
        assert PASSING.sub("", words_of(answer_of(visit, row)[0])) == told, row.route


@pytest.mark.parametrize("path, body", [
    ("/admin/classification/rules/0", {"phrases": "lawyer", "priority": "urgent", "position": "1", "active": "yes"}),
    ("/admin/shifts/{ines}/plans/0", {"day_1": "08:00-16:00", "valid_from": "2026-12-01"}), ("/admin/courses/0", {"name": "Knots", "valid_for": "6"}),
])
def test_what_has_the_number_0_is_not_found_and_not_made(app, client_of, path, body):
    arno = client_of(app, "arno")
    assert arno.post(path.format(ines=app.extensions["cast"]["ines"]), data=body).status_code == 404
