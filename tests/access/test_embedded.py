"""Every route × the bearer tokens of the embedded chat: they open its doors for their own person, and no other door; no cookie opens one of those."""
import pytest

from tests.access.furnishing import INSIDE, OWN
from tests.access.matrix import BEARER, ROWS
from tests.access.shop import Visit, shop
from tests.access.test_routes import REFUSED, answer_of, words_of

HOLDERS = ("maja", "odile", "visitor")
HIDDEN = {"maja": tuple(INSIDE.values()), "odile": (*OWN.values(), *INSIDE.values()), "visitor": (*OWN.values(), *INSIDE.values())}
DOORS = [row for row in ROWS if row.route in BEARER and not (row.things.get("slug") or "").startswith("internal")]
OTHERS = [row for row in ROWS if row.route not in BEARER]


class Bearer(Visit):
    """A frame on the shop's own site: no cookie, and a token in each request. `visitor` has typed the address of maja."""

    def client(self):
        client = super().client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.shop.things['bearers'][self.holder]}"
        return client


@pytest.fixture
def visit(request, tmp_path):
    visitor = Bearer(shop(tmp_path), "nobody", tmp_path)
    visitor.holder = request.param
    yield visitor
    visitor.close()


def test_every_door_of_the_embedded_chat_says_what_a_bearer_gets():
    assert {row.route for row in ROWS if row.route.split(" ")[1].startswith("/embed")} == set(BEARER)


@pytest.mark.parametrize("visit", HOLDERS, indirect=True)
def test_AZ_01_a_bearer_opens_the_things_of_its_own_person_and_no_more(visit):
    faults = []
    for row in DOORS:
        expected = BEARER[row.route].split()[HOLDERS.index(visit.holder)]
        answer, outcome, brought = answer_of(visit, row)
        if outcome != expected:
            faults.append(f"{row.route}: {outcome} instead of {expected}")
        shown = f"{words_of(answer)} {answer.headers}"
        faults += [f"{row.route}: shows {word}" for word in HIDDEN[visit.holder] if word in shown and word not in brought]
        faults += [f"{row.route}: gives a cookie"] * ("Set-Cookie" in answer.headers)
        if outcome in REFUSED:
            faults += [f"{row.route}: {outcome}, and yet {table} changed" for table in visit.changed()]
        visit.restore()
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("visit", ["maja"], indirect=True)
def test_AZ_10_a_bearer_is_nobody_at_every_other_door_also_as_a_cookie(visit):
    as_cookie = Visit.client(visit)
    as_cookie.set_cookie("switchboard", visit.shop.things["bearers"]["maja"])
    faults = []
    for row in OTHERS:
        outcome = answer_of(visit, row)[1]
        if outcome != row.expected.split()[0]:
            faults.append(f"{row.route}: {outcome} instead of {row.expected.split()[0]}")
        visit.restore()
    visit.begin()
    assert as_cookie.get("/account").status_code == 303
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("visit", ["maja"], indirect=True)
def test_the_matrix_can_see_what_the_bearer_may_read(visit):
    seen = " ".join(words_of(answer_of(visit, row)[0]) for row in DOORS if row.route.startswith("GET "))
    assert all(word in seen for word in (OWN["subject"], OWN["message"], OWN["answer"], OWN["order"]))
