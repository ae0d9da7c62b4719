"""Courses, training records and who is in training: through the pages, on both databases."""
import csv
import io
import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from support import clock as product_clock
from support import training
from support.database import db
from support.errors import IllegalMove
from support.events import Event
from support.people.person import Person
from support.training import courses, records, trainees
from support.training.models import Certificate, Course, Skill, TrainingRecord


def the(app, key: str) -> Person:
    return db.session.get(Person, app.extensions["cast"][key])


def skill(slug: str) -> int:
    return db.session.scalar(select(Skill.id).where(Skill.slug == slug))


def course(name: str) -> int:
    return db.session.scalar(select(Course.id).where(Course.name == name))


def made(app, client, name="Parcels and payments", **changes) -> int:
    """A course that gives two skills for a month, made through its form."""
    with app.app_context():
        fields = {f"skill_{skill('orders')}": "4", f"skill_{skill('payments')}": "2"}
    form = {"name": name, "description": "Both.", "valid_for": "1", "valid_unit": "months", "pass_mark": "70", "active": "yes", **fields, **changes}
    assert client.post("/admin/courses/new", data=form).status_code == 303
    with app.app_context():
        return course(name)


def enrolled(app, client, key: str, course_id: int, **more) -> int:
    """Somebody enrolled through the page; the id of the record."""
    answer = client.post("/admin/training/new", data={"person_id": app.extensions["cast"][key], "course_id": course_id, **more})
    assert answer.status_code == 303, answer.text
    return int(answer.location.rpartition("/")[2])


def given(app, record_id: int) -> dict[str, tuple[int, date | None]]:
    """{skill: (level, last day)} of the certificates that know this record."""
    with app.app_context():
        rows = db.session.execute(select(Certificate, Skill.slug).join(Skill).where(Certificate.record_id == record_id)).all()
        return {slug: (certificate.level, training.last_day(certificate)) for certificate, slug in rows}


def kinds_of(app, record_id: int) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Event.kind).where(Event.subject_type == "training_record", Event.subject_id == record_id).order_by(Event.id)))


def test_a_passed_course_gives_its_certificates_and_the_router_counts_them(any_app, client_of, clock):
    arno, hanna = client_of(any_app, "arno"), client_of(any_app, "hanna")
    course_id = made(any_app, arno)
    record_id = enrolled(any_app, hanna, "mirela", course_id)
    assert "Mirela Georgescu" in hanna.get("/admin/training?state=enrolled").text

    low = hanna.post(f"/admin/training/{record_id}/outcome", data={"outcome": "passed", "score": "69"})
    assert low.status_code == 422 and "at least 70" in low.text and given(any_app, record_id) == {}
    assert hanna.post(f"/admin/training/{record_id}/outcome", data={"outcome": "passed", "score": "70"}).status_code == 303
    with any_app.app_context():
        mirela = the(any_app, "mirela").id
        last = courses.last_day(db.session.get(Course, course_id), clock.now().astimezone(any_app.config["SETTINGS"].zone).date())
        assert training.level(mirela, skill("orders"), clock.now()) == 4
        assert training.level(mirela, skill("payments"), clock.now()) == 3, "it never lowers what another certificate gives"
        assert training.level(mirela, skill("orders"), training.certificates.end_of(last)) == 0
        assert {row.attested_by_id for row in db.session.scalars(select(Certificate).where(Certificate.record_id == record_id))} == {the(any_app, "hanna").id}
    assert given(any_app, record_id) == {"orders": (4, last), "payments": (2, last)}
    assert kinds_of(any_app, record_id) == ["course.enrolled", "course.passed"]
    again = hanna.post(f"/admin/training/{record_id}/outcome", data={"outcome": "failed"})
    assert again.status_code == 409 and len(given(any_app, record_id)) == 2, "what has ended stays as it is"

    second = enrolled(any_app, hanna, "mirela", course_id)
    clock.move(20 * 86_400)  # in which every sign-in ends
    hanna = client_of(any_app, "hanna")
    assert hanna.post(f"/admin/training/{second}/outcome", data={"outcome": "passed", "score": "88"}).status_code == 303
    assert given(any_app, second)["orders"][1] > last, "passing again renews"


def test_two_who_press_passed_at_once_grant_once(any_app, client_of):
    record_id = enrolled(any_app, client_of(any_app, "hanna"), "mirela", made(any_app, client_of(any_app, "arno")))
    start, ended = threading.Barrier(2), []

    def press(key):
        with any_app.app_context():
            by = the(any_app, key)
            start.wait()
            try:
                ended.append(records.attest(by, record_id, "passed", 90).state)
            except IllegalMove:
                ended.append("too late")

    presses = [threading.Thread(target=press, args=(key,)) for key in ("hanna", "arno")]
    for one in presses:
        one.start()
    for one in presses:
        one.join(30)
    assert sorted(ended) == ["passed", "too late"]
    assert {slug: level for slug, (level, _day) in given(any_app, record_id).items()} == {"orders": 4, "payments": 2}
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Certificate).where(Certificate.record_id == record_id)) == 2
    assert kinds_of(any_app, record_id).count("course.passed") == 1


def test_nobody_is_enrolled_twice_nor_attests_himself_nor_reads_of_others(any_app, client_of):
    hanna, ines = client_of(any_app, "hanna"), client_of(any_app, "ines")
    course_id = made(any_app, client_of(any_app, "arno"))
    own = enrolled(any_app, hanna, "hanna", course_id)
    assert hanna.post("/admin/training/new", data={"person_id": any_app.extensions["cast"]["hanna"], "course_id": course_id}).status_code == 422
    assert hanna.post(f"/admin/training/{own}/outcome", data={"outcome": "passed", "score": "99"}).status_code == 403
    assert given(any_app, own) == {}
    assert ines.get(f"/admin/training/{own}").status_code == 403 and ines.post(f"/staff/training/{own}/withdrawal").status_code == 404
    assert "Parcels and payments" in ines.get("/staff/training").text and "Hanna" not in ines.get("/staff/training").text
    assert hanna.post("/admin/training/new", data={"person_id": any_app.extensions["cast"]["maja"], "course_id": course_id}).status_code == 422


def test_an_agent_asks_and_takes_it_back_but_not_what_others_asked_of_her(any_app, client_of):
    hanna, ines = client_of(any_app, "hanna"), client_of(any_app, "ines")
    course_id = made(any_app, client_of(any_app, "arno"))
    assert ines.post("/staff/training", data={"course_id": course_id}).status_code == 303
    assert "Ines Duarte" in hanna.get("/admin/training?state=wished").text
    with any_app.app_context():
        record_id = db.session.scalar(select(TrainingRecord.id).where(TrainingRecord.course_id == course_id))
    assert ines.post(f"/staff/training/{record_id}/withdrawal").status_code == 303
    sent = enrolled(any_app, hanna, "ines", course_id)
    assert ines.post(f"/staff/training/{sent}/withdrawal").status_code == 403
    assert kinds_of(any_app, record_id) == ["course.enrolled", "course.withdrawn"]


def test_who_is_enrolled_hears_of_it_by_mail_and_so_does_who_passed(any_app, client_of, settle, clock):
    hanna, ines = client_of(any_app, "hanna"), client_of(any_app, "ines")
    course_id = made(any_app, client_of(any_app, "arno"))
    ines.post("/staff/training", data={"course_id": course_id})  # nobody is told of what he did himself
    record_id = enrolled(any_app, hanna, "mirela", course_id)
    settle(any_app)
    hanna.post(f"/admin/training/{record_id}/outcome", data={"outcome": "passed", "score": "80"})
    clock.move(10)  # mails go out every few seconds
    settle(any_app)
    letters = [path.read_text() for path in sorted((any_app.config["SETTINGS"].data_dir / "mail").glob("*.eml"))]
    assert len(letters) == 2 and all("mirela@" in letter for letter in letters)
    assert "You are enrolled in the course" in letters[0] and "You have passed the course" in letters[1] and "/staff/training" in letters[1]


def test_the_list_knows_what_is_overdue_and_its_table_holds_the_same(any_app, client_of, clock):
    hanna = client_of(any_app, "hanna")
    course_id = made(any_app, client_of(any_app, "arno"), name="=Parcels")
    today = clock.now().date()
    enrolled(any_app, hanna, "tomasz", course_id, due=today.isoformat())

    def overdue() -> set[str]:
        hanna = client_of(any_app, "hanna")  # sign-ins end while time goes by
        rows = list(csv.DictReader(io.StringIO(hanna.get("/admin/training/records.csv?state=overdue").text)))
        assert all(row["person"] in hanna.get("/admin/training?state=overdue").text for row in rows)
        return {row["person"] for row in rows}

    assert overdue() == {"Mirela Georgescu"}, "its last day counts to the end"
    with any_app.app_context():
        left = (training.certificates.end_of(today) - clock.now()).total_seconds()
    clock.move(left)
    assert overdue() == {"Mirela Georgescu", "Tomasz Wolny"}
    hanna = client_of(any_app, "hanna")
    table = hanna.get(f"/admin/training/records.csv?course={course_id}").text
    assert "'=Parcels" in table and today.isoformat() in table and "Mirela" not in table, "narrowed as the list is; no formula for a spreadsheet"
    refused = hanna.post("/admin/training/new", data={"person_id": any_app.extensions["cast"]["lena"], "course_id": course_id, "due": today.isoformat()})
    assert refused.status_code == 422 and "from today on" in refused.text


def test_what_ends_soon_is_renewed_with_one_click(any_app, client_of):
    hanna = client_of(any_app, "hanna")
    page = hanna.get("/admin/training").text
    assert "Enrol in Orders and late parcels: Lena Brandt" in page
    with any_app.app_context():
        orders = course("Orders and late parcels")
    enrolled(any_app, hanna, "lena", orders)
    assert "Enrol in Orders and late parcels: Lena Brandt" not in hanna.get("/admin/training").text


@pytest.mark.parametrize("valid_for, unit, passed, last", [
    (1, "months", date(2027, 1, 31), date(2027, 2, 28)), (12, "months", date(2028, 2, 29), date(2029, 2, 28)), (11, "months", date(2026, 12, 1), date(2027, 11, 1)),
    (30, "days", date(2026, 12, 15), date(2027, 1, 14)), (None, "months", date(2026, 12, 15), None),
])
def test_for_how_long_a_course_counts(valid_for, unit, passed, last):
    assert courses.last_day(Course(valid_for=valid_for, valid_unit=unit), passed) == last


def test_who_is_in_training_follows_certificates_and_the_switch_to_the_end_of_its_day(any_app, client_of, clock):
    hanna = client_of(any_app, "hanna")
    cast = any_app.extensions["cast"]

    def now_in_training() -> set[int]:
        with any_app.app_context():
            return set(trainees.everybody(product_clock.now()))

    assert now_in_training() == {cast["aoife"]}
    last = clock.now().date() + timedelta(days=2)
    path = f"/admin/training/people/{cast['tomasz']}/trainee"
    assert hanna.post(path, data={"on": "yes", "mentor_id": cast["ines"], "until": last.isoformat()}).status_code == 303
    assert now_in_training() == {cast["aoife"], cast["tomasz"]}
    assert hanna.post(path, data={"on": "yes", "mentor_id": cast["tomasz"]}).status_code == 422
    with any_app.app_context():
        clock.move((training.certificates.end_of(last) - clock.now()).total_seconds())
    assert now_in_training() == {cast["aoife"]}, "the switch is over with its day; products at level 1 is a learner's"
