"""Staff: made by an administrator or the command, changed, disabled, signed out."""
import threading

import pytest
from sqlalchemy import select

from support import people
from support.database import db
from support.errors import Invalid, NotAllowed, NotFound
from support.events import Event
from support.people import sign_ins
from support.people.person import Person
from tests.people.door import PASSWORD, is_in, mailed, said, sign_in

NEW = {"name": "Nora Neu", "email": "nora@tarn-thistle.example", "role": "agent", "phone": ""}


def find(app, email):
    return db.session.scalar(select(Person).where(Person.email == email))


def test_an_administrator_adds_somebody_who_chooses_a_password_by_mail(app, client_of):
    admin, nora = client_of(app, "arno"), client_of(app)
    made = admin.post("/admin/staff/new", data=NEW)
    assert made.status_code == 303
    assert "Invited" in said(admin.get(made.location))
    assert sign_in(nora, NEW["email"], PASSWORD, path="/staff/sign-in").status_code == 422
    path = mailed(app, "invite")[0]
    assert "Welcome, Nora" in said(nora.get(path))
    assert nora.post(path, data={"password": "seven quiet herons"}).location == "/desk"
    assert nora.post(path, data={"password": "seven quiet herons"}).status_code == 404
    assert sign_in(client_of(app), NEW["email"], "seven quiet herons", path="/staff/sign-in").status_code == 303


def test_an_invitation_lives_three_days_and_a_new_one_voids_it(app, client_of, clock):
    admin = client_of(app, "arno")
    made = admin.post("/admin/staff/new", data=NEW)
    admin.post(f"{made.location}/invitation")
    old, new = mailed(app, "invite")
    assert client_of(app).get(old).status_code == 404
    clock.move(71 * 3600)
    assert client_of(app).get(new).status_code == 200
    clock.move(2 * 3600)
    assert client_of(app).get(new).status_code == 404


def test_the_command_makes_the_first_administrator_and_prints_a_one_use_address(app, client_of):
    answer = app.test_cli_runner().invoke(args=["administrator", "--name", "Ada First", "--email", "ada@tarn-thistle.example"])
    assert answer.exit_code == 0, answer.output
    path = answer.output.strip().splitlines()[-1].removeprefix("http://localhost")
    client = client_of(app)
    assert client.post(path, data={"password": "seven quiet herons"}).status_code == 303
    assert is_in(client, "/admin/staff")
    again = app.test_cli_runner().invoke(args=["administrator", "--name", "Ada", "--email", "ada@tarn-thistle.example"])
    assert again.exit_code == 1 and "Somebody else has this address" in again.output


def test_SUP_03_a_new_installation_has_no_people_and_so_no_passwords(app):
    with app.app_context():
        assert all(person.password_hash is None or person.email.endswith(".example") for person in db.session.scalars(select(Person)))
    assert {"email", "name"} == {option.name for option in app.cli.commands["administrator"].params}


@pytest.mark.parametrize("change", [{"email": "ines@tarn-thistle.example"}, {"email": "maja@mail.example"}, {"role": "owner"}, {"name": ""}, {"email": "no address"}])
def test_wrong_input_is_told_at_the_field_and_makes_nobody(app, client_of, change):
    with app.app_context():
        before = len(db.session.scalars(select(Person.id)).all())
    answer = client_of(app, "arno").post("/admin/staff/new", data={**NEW, **change})
    assert answer.status_code == 422 and f'href="#f-{next(iter(change))}"' in answer.text
    with app.app_context():
        assert len(db.session.scalars(select(Person.id)).all()) == before


def test_AUTH_07_somebody_disabled_is_refused_everywhere_at_once(app, client_of):
    desk, admin = client_of(app, "ines"), client_of(app, "arno")
    ines = app.extensions["cast"]["ines"]
    assert is_in(desk, "/desk")
    with app.app_context():
        standing = sign_ins.of(db.session.get(Person, ines))[0].id
        assert sign_ins.holders([standing]).keys() == {standing}
    desk.post("/staff/reset", data={"email": "ines@tarn-thistle.example"})
    assert admin.post(f"/admin/staff/{ines}/disabling").status_code == 303
    assert not is_in(desk, "/desk")
    with app.app_context():
        assert sign_ins.holders([standing]) == {}, "what open sockets ask every few seconds"
        kinds = [event.kind for event in db.session.scalars(select(Event).order_by(Event.id))]
        assert "person.disabled" in kinds and "person.signed_out" in kinds
    assert client_of(app).post(mailed(app, "staff_reset")[0], data={"password": "seven quiet herons"}).status_code == 404
    assert sign_in(client_of(app), "ines@tarn-thistle.example", path="/staff/sign-in").status_code == 422
    desk.post("/staff/reset", data={"email": "ines@tarn-thistle.example"})
    assert len(mailed(app, "staff_reset")) == 1, "no new link either"
    admin.post(f"/admin/staff/{ines}/enabling")
    assert not is_in(desk, "/desk"), "the old sign-in stays ended"
    assert sign_in(client_of(app), "ines@tarn-thistle.example", path="/staff/sign-in").status_code == 303


def test_a_new_role_ends_the_sign_ins_that_had_the_old_rights(app, client_of):
    hanna, admin = client_of(app, "hanna"), client_of(app, "arno")
    number = app.extensions["cast"]["hanna"]
    admin.post(f"/admin/staff/{number}", data={"name": "Hanna Meier", "email": "hanna@tarn-thistle.example", "role": "agent"})
    assert not is_in(hanna, "/desk")
    sign_in(hanna, "hanna@tarn-thistle.example", path="/staff/sign-in")
    assert hanna.get("/board").status_code == 403


def test_a_new_address_has_to_be_proven_again(app, client_of):
    number, admin = app.extensions["cast"]["hanna"], client_of(app, "arno")

    def change(email):
        assert admin.post(f"/admin/staff/{number}", data={"name": "Hanna Meier", "email": email, "role": "supervisor"}).status_code == 303

    def is_proven():
        with app.app_context():
            return db.session.get(Person, number).email_proven_at is not None

    change("hanna@tarn-thistle.example")
    assert is_proven(), "nothing changed about it"
    change("h.meier@tarn-thistle.example")
    assert not is_proven()
    client_of(app).post("/staff/reset", data={"email": "h.meier@tarn-thistle.example"})
    assert client_of(app).post(mailed(app, "staff_reset")[0], data={"password": "seven quiet herons"}).status_code == 303
    assert is_proven()


def test_an_administrator_signs_somebody_out_everywhere(app, client_of):
    one, two, admin = client_of(app, "ines"), client_of(app, "ines"), client_of(app, "arno")
    admin.post(f"/admin/staff/{app.extensions['cast']['ines']}/sign-out")
    assert not is_in(one, "/desk") and not is_in(two, "/desk")


def test_nobody_disables_himself_and_the_last_administrator_stays_one(app, client_of):
    admin, number = client_of(app, "arno"), app.extensions["cast"]["arno"]
    assert admin.post(f"/admin/staff/{number}/disabling").status_code == 422
    answer = admin.post(f"/admin/staff/{number}", data={"name": "Arno Vogt", "email": "arno@tarn-thistle.example", "role": "agent"})
    assert answer.status_code == 422 and "last administrator" in answer.text
    assert is_in(admin, "/admin/staff")


def test_two_administrators_cannot_disable_each_other_at_once(any_app):
    app = any_app
    with app.app_context():
        arno = find(app, "arno@tarn-thistle.example")
        second = people.staff.make_staff(arno, **{**NEW, "role": "administrator"}).id
        first = arno.id
    told = []

    def disable(by, whom):
        with app.app_context():
            try:
                people.staff.disable(db.session.get(Person, by), whom)
            except (Invalid, NotAllowed) as error:
                told.append(error)

    threads = [threading.Thread(target=disable, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        left = db.session.scalars(select(Person).where(Person.role == "administrator", Person.active)).all()
        assert len(left) == 1 and len(told) == 1


@pytest.mark.parametrize("key", ["ines", "hanna"])
def test_AZ_08_only_administrators_keep_staff(app, client_of, key):
    client, ines = client_of(app, key), app.extensions["cast"]["ines"]
    for method, path in (("GET", ""), ("GET", "/new"), ("POST", "/new"), ("GET", f"/{ines}"), ("POST", f"/{ines}"), ("POST", f"/{ines}/disabling"), ("POST", f"/{ines}/sign-out")):
        assert client.open(f"/admin/staff{path}", method=method, data=NEW).status_code == 403
    with app.app_context():
        person = db.session.get(Person, app.extensions["cast"][key])
        for act in (lambda: people.staff.make_staff(person, **NEW), lambda: people.staff.disable(person, ines), lambda: people.staff_list(person, {})):
            with pytest.raises(NotAllowed):
                act()


def test_a_customer_is_not_found_among_staff(app, client_of):
    assert client_of(app, "arno").get(f"/admin/staff/{app.extensions['cast']['maja']}").status_code == 404
    assert client_of(app, "arno").post(f"/admin/staff/{app.extensions['cast']['maja']}/disabling").status_code == 404


def test_the_list_is_searched_sorted_filtered_and_says_when_it_is_empty(app, client_of):
    admin = client_of(app, "arno")
    assert "Ines Duarte" in admin.get("/admin/staff").text
    found = admin.get("/admin/staff?q=ines").text
    assert "Ines Duarte" in found and "Tomasz Wolny" not in found
    turned = said(admin.get("/admin/staff?sort=name&order=desc"))
    assert turned.index("Tomasz Wolny") < turned.index("Ines Duarte")
    assert "Nobody found" in admin.get("/admin/staff?q=zzz").text
    assert "Nobody found" in admin.get("/admin/staff?state=disabled").text


def test_AZ_01_customers_are_found_by_staff_and_by_themselves_only(app, person):
    with app.app_context():
        maja, odile, ines, gero = (person(app, key) for key in ("maja", "odile", "ines", "gero"))
        assert people.find_customer(ines, maja.id).id == people.find_customer(maja, maja.id).id == maja.id
        for asker, wanted in ((odile, maja), (people.NOBODY, maja), (people.Guest(gero.id, order_id=1), gero), (ines, ines)):
            with pytest.raises(NotFound):
                people.find_customer(asker, wanted.id)


def test_AZ_12_no_page_of_staff_shows_hashes_or_tokens(app, client_of):
    admin = client_of(app, "arno")
    for path in ("/admin/staff", f"/admin/staff/{app.extensions['cast']['ines']}"):
        assert "argon2" not in admin.get(path).text
