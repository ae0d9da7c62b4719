"""One customer's tickets never land in another's account, whatever else a file says of them."""
import pytest
from sqlalchemy import select

from support.database import db
from support.people import CustomerReference, Person
from tests.importing.made import written
from tests.imports import last_run
from tests.tickets.brought import brought, lines, ticket

HEADER = ("ticket", "customer", "customer_email", "author_kind", "body", "sent_at")


def row(reference: str, number: str, email: str, minute: int = 0) -> tuple:
    return reference, number, email, "customer", f"Words {minute} of {reference}", f"2025-01-01 10:{minute:02}"


def test_a_number_and_an_address_of_different_rows_are_not_one_customer(any_app, imports, rejected, tmp_path):
    """Somebody who got a copy, say, must not become the customer of every ticket under that number."""
    imports(any_app, "tickets", written(tmp_path / "a.csv", HEADER, [row("T1", "17", ""), row("T1", "", "eve@x.example", 1), row("T2", "17", "")]), "--source", "old_desk")
    assert sorted(rejected(any_app)) == [2, 3] and all("by number only" in reason for reason in rejected(any_app).values())
    owner = brought(any_app, "T2").customer
    assert owner.email is None and owner.name == "Customer 17"
    imports(any_app, "tickets", written(tmp_path / "b.csv", HEADER, [row("T2", "", "eve@x.example", 2)]), "--source", "old_desk")
    assert "another customer" in rejected(any_app)[2], "nor in a second file"


def test_one_row_that_names_both_binds_them(any_app, imports, tmp_path):
    rows = [row("T1", "17", ""), row("T1", "17", "anna@x.example", 1), row("T1", "", "anna@x.example", 2), row("T2", "17", "")]
    imports(any_app, "tickets", written(tmp_path / "a.csv", HEADER, rows), "--source", "old_desk")
    assert last_run(any_app).rejected == 0
    assert brought(any_app, "T1").customer.email == "anna@x.example" and brought(any_app, "T2").customer_id == brought(any_app, "T1").customer_id


def test_a_number_that_looks_like_an_address_is_none(any_app, imports, tmp_path):
    rows = [row("T3", "bob@x.example", "anna@x.example"), row("T4", "", "bob@x.example")]
    imports(any_app, "tickets", written(tmp_path / "a.csv", HEADER, rows), "--source", "old_desk")
    assert [brought(any_app, each).customer.email for each in ("T3", "T4")] == ["anna@x.example", "bob@x.example"]
    with any_app.app_context():
        assert list(db.session.scalars(select(CustomerReference.reference).where(CustomerReference.source == "old_desk"))) == ["bob@x.example"]


DISGUISED = ("t(x)@shop.example", '"t"@shop.example', "=?utf-8?q?mallory=40evil.example=2c?=@shop.example", "t@sh\u00f6p.example", "t\u00e9@shop.example", "a b@shop.example")


@pytest.mark.parametrize("listed", [False, True], ids=["row", "list"])
def test_an_address_that_a_form_refuses_no_import_takes(app, imports, rejected, tmp_path, listed):
    """Such as one that a mail's header turns into the address of staff, or into two."""
    with app.app_context():
        before = set(db.session.scalars(select(Person.email)))
    if listed:
        at = "2025-01-01T10:00:00Z"
        path = lines(tmp_path / "a.jsonl", *(ticket(str(n), ("customer", "Hi", at, {"email": address}), customer_email=None) for n, address in enumerate(DISGUISED)))
    else:
        path = written(tmp_path / "a.csv", HEADER, [row(str(n), "", address) for n, address in enumerate(DISGUISED)])
    imports(app, "tickets", path, "--source", "old_desk")
    assert len(rejected(app)) == len(DISGUISED) and all("not a mail address" in reason for reason in rejected(app).values())
    with app.app_context():
        assert set(db.session.scalars(select(Person.email))) == before
