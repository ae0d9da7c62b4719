"""XSS and INJ: what people write stays text, wherever it travels: pages, mails, templates, logs, searches."""
import email

import pytest
from sqlalchemy import select
from werkzeug.routing import IntegerConverter

from kb import articles
from support.contact import notices
from support.contact.replies import CannedReply
from support.database import db, transaction
from support.orders.model import Order, OrderLine
from support.people.person import Person
from tests.security.marks import runs
from tests.work import work

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}${7*7}{%x%}"
LISTS = {
    "maja": ("/orders", "/questions", "/search", "/suggest", "/answers", "/products", "/ask", "/ask/answers"),
    "ines": ("/desk", "/desk/list", "/admin/articles", "/search"),
    "arno": ("/tickets", "/admin/staff", "/admin/articles", "/admin/queues", "/admin/skills", "/admin/certificates", "/admin/calendars", "/admin/dispositions", "/admin/replies",
             "/admin/notices", "/admin/mail"),
}


def test_the_finder_finds():
    assert runs(SCRIPT) and runs('<a href="java\tscript:x">') and not runs("&lt;script&gt;")


@pytest.fixture
def poisoned(desk):
    """A ticket of maja's with payloads in everything people can write; the id."""
    with desk.app.app_context(), transaction() as session:
        maja, ines = desk.person("maja"), desk.person("ines")
        maja.name, maja.phone, ines.name = SCRIPT[:199], SCRIPT[:40], SCRIPT[:199]
        order = session.scalar(select(Order).where(Order.number == "TT-204817"))
        order.ship_name = order.ship_street = order.ship_city = SCRIPT[:100]
        session.scalar(select(OrderLine).where(OrderLine.order_id == order.id).limit(1)).title = SCRIPT[:100]
        session.add(CannedReply(title=SCRIPT, shortcut="zq", body=SCRIPT + "{{customer.first_name}}"))
    with desk.app.app_context():
        arno = desk.person("arno")
        notices.save(arno, None, text=SCRIPT, severity="info", starts_at=None, ends_at=None)
        articles.write(arno, title=f"parcel {SCRIPT}", body=f"where is my parcel {SCRIPT}", category=SCRIPT[:80], state="public")
    ticket_id = desk.taken(subject=SCRIPT, body=SCRIPT, order="TT-204817")
    desk.customer_writes(ticket_id, SCRIPT)
    ines = desk.client_of(desk.app, "ines")
    for number, more in enumerate(({}, {"kind": "note"})):
        assert ines.post(f"/desk/tickets/{ticket_id}/messages", data={"body": SCRIPT, "client_id": f"client-poison-{number}", **more}).status_code == 303
    assert ines.post(f"/desk/tickets/{ticket_id}/resolution", data={"disposition": desk.disposition(SCRIPT[:120])}).status_code == 303
    maja = desk.client_of(desk.app, "maja")
    assert maja.post(f"/questions/{ticket_id}/rating", data={"score": "2", "comment": SCRIPT}).status_code == 303
    assert desk.client_of(desk.app, "hanna").post(f"/tickets/{ticket_id}/reviews", data={"body": SCRIPT}).status_code == 303
    desk.settle()
    return ticket_id


@pytest.mark.parametrize("role", ["maja", "ines", "hanna", "arno"])
def test_XSS_01_XSS_08_INJ_03_whatever_is_written_is_shown_as_text_to_everybody(desk, poisoned, role):
    """Subject, messages, notes, names, addresses, lines of orders, canned replies, notices, articles, codes, ratings, reviews."""
    client, shown = desk.client_of(desk.app, role), 0
    rules = [rule for rule in desk.app.url_map.iter_rules() if "GET" in rule.methods and "token" not in rule.arguments and rule.endpoint != "web.static"]
    for rule in rules:
        names = {"ticket_id": poisoned, "number": "TT-204817" if "orders" in rule.rule else 1, "slug": "where-is-my-parcel", "name": "x"}
        path = rule.build({name: names.get(name, 1) for name in rule.arguments})[1]
        answer = client.get(path)
        if answer.headers.get("Content-Disposition", "").startswith("attachment"):  # no browser shows it as a page
            assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.mimetype != "text/html", path
            continue
        page = answer.data.decode(errors="replace")  # a picture answers too
        assert not runs(page), (path, runs(page))
        assert "49${" not in page and "$49" not in page, path
        shown += page.count("&lt;script&gt;alert(1)")
    assert shown > 5, "the payloads are really on these pages"


def test_XSS_01_mails_carry_no_markup_of_people(desk, poisoned, clock):
    clock.move(400)
    desk.settle()
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in (desk.app.config["SETTINGS"].data_dir / "mail").glob("*.eml")]
    assert mails
    for mail in mails:
        assert not runs(mail.get_body(("html",)).get_content())


QUOTES = ("'", "''", '"', "';--", "' OR 1=1 --", "%' OR '1'='1", "\\", "`", ")", "1; DROP TABLE person", "name; DROP TABLE person", "(SELECT 1)", "CASE WHEN 1=1 THEN name END", "pg_sleep(3)", "\u2019", "%00", "\0")
GRAMMAR = ("%", "_", "*", "^", '"', "NEAR(", "a AND", "OR", "NOT x", ":", "-", "--", '"unbalanced', "(((", "a* OR b:", "col:val", "{a b}", "+", "\\%", "[a-z]", "\U0001f600")


PARAMETERS = ("q", "sort", "order", "page", "state", "role", "show", "topic", "queue", "category", "language", "per_page", "rating", "subject")


@pytest.mark.parametrize("role", LISTS)
def test_INJ_01_signs_of_sql_in_every_parameter_mean_nothing(desk, role):
    client = desk.client_of(desk.app, role)
    for path in LISTS[role]:
        for place, sign in enumerate(QUOTES):
            desk.app.extensions["limits"]["limiter"].storage.reset()
            # Each parameter meets every sign over the paths; all at once where nothing else narrows.
            for sent in ({name: sign for name in PARAMETERS}, {PARAMETERS[place % len(PARAMETERS)]: sign}):
                with work() as spent:
                    answer = client.get(path, query_string=sent)
                assert answer.status_code in (200, 404) and spent.seconds < 3, (path, sent)
                assert "sqlite" not in answer.text.lower() and "syntax" not in answer.text.lower()
    with desk.app.app_context():
        assert len(db.session.scalars(select(Person.id)).all()) == 13


@pytest.mark.parametrize("role", LISTS)
def test_INJ_02_signs_of_search_languages_are_text(desk, role):
    client = desk.client_of(desk.app, role)
    for path in LISTS[role]:
        for sign in GRAMMAR:
            for name in ("q", "subject"):
                assert client.get(path, query_string={name: sign}).status_code == 200, (path, sign)
            desk.app.extensions["limits"]["limiter"].storage.reset()


LONG = ("x" * 10_000, " ".join(f"word{n}" for n in range(1000)), "*" * 5000, "%" * 5000, "a" * 30 + "!" * 3000, "parcel " * 1000, "\u0301" * 5000, "1" * 10_000)


@pytest.mark.parametrize("role", ["maja", "arno"])
def test_DOS_02_absurd_searches_are_answered_at_once(desk, role):
    client = desk.client_of(desk.app, role)
    for path in LISTS[role]:
        client.get(path, query_string={"q": "parcel"})  # the first visit compiles the page
    for path, q in ((path, q) for path in LISTS[role] for q in LONG):
        with work() as spent:
            answer = client.get(path, query_string={"q": q, "subject": q, "body": q, "page": "1000000"})
        assert answer.status_code in (200, 400, 414) and spent.seconds < 0.5, path


@pytest.mark.parametrize("role", LISTS)
def test_DOS_03_absurd_pages_and_orders_are_capped(desk, role):
    client = desk.client_of(desk.app, role)
    pages = ("-1", "0", "1000000000", "9" * 400, "x", "1e9", "NaN")
    for path, page in ((path, page) for path in LISTS[role] for page in pages):
        answer = client.get(path, query_string={"page": page, "per_page": "1000000000", "sort": "name,email,id,state", "limit": "1000000000"})
        assert answer.status_code == 200 and len(answer.data) < 1_000_000, path


BREAKS = ("Where\r\nBcc: evil@evil.example\r\n\r\nis it", "a\nb: c", "x\r\n.\r\nQUIT", "=?utf-8?q?=0D=0ABcc:evil@evil.example?=", "Tent, evil@evil.example", "\u2028Bcc: evil@evil.example")


@pytest.mark.parametrize("text", BREAKS, ids=range(len(BREAKS)))
def test_INJ_05_line_breaks_and_commas_add_no_header_and_no_reader(desk, clock, text):
    maja = desk.client_of(desk.app, "maja")
    assert maja.post("/account", data={"name": text, "locale": "en"}).status_code == 303
    assert maja.post("/ask", data={"subject": text, "body": text, "topic": "orders", "channel": "form", "client_id": "client-breaks-01"}).status_code == 303
    desk.settle()
    clock.move(60)
    desk.settle()
    (path,) = (desk.app.config["SETTINGS"].data_dir / "mail").glob("*.eml")
    mail = email.message_from_bytes(path.read_bytes())
    assert mail.get_all("To") == ["maja@mail.example"] and not {"Bcc", "Cc", "b"} & set(mail.keys())
    assert sorted(mail.keys()) == sorted({*mail.keys()}), "no header twice"


@pytest.mark.parametrize("address", ["a@mail.example,evil@evil.example", "a@mail.example\r\nBcc: evil@evil.example", "<a@mail.example>", "a@mail.example;b@evil.example", "a b@mail.example", '"a@x, b"@mail.example\n'])
def test_INJ_05_an_address_is_one_address(app, client_of, address, settle):
    answer = client_of(app).post("/sign-up", data={"email": address, "name": "Somebody"})
    settle(app)
    folder = app.config["SETTINGS"].data_dir / "mail"
    for path in folder.glob("*.eml") if folder.exists() else ():
        mail = email.message_from_bytes(path.read_bytes())
        assert len(mail.get_all("To")) == 1 and "," not in mail["To"] and not mail["Bcc"]
    assert answer.status_code in (303, 422)


def test_INJ_06_one_event_stays_one_record_in_the_log(app, client_of, log):
    forged = "x\n2026-01-01 [warning ] signed in person_id=1\x1b[2J"
    client_of(app, "maja").post(f"/questions/99/messages?x={forged}", data={"body": forged}, headers={"User-Agent": "a\x1b[31m"})
    client_of(app).post("/sign-in", data={"email": forged, "password": forged})
    written = log()
    assert "change refused" in written
    assert "\x1b" not in written and "signed in person_id=1" not in written


DEEP = '{"a":' * 10_000 + "1" + "}" * 10_000


ODD = (
    DEEP, "[" * 100_000, '{"body": ' + "9" * 5000 + "}", '{"seq": 1e400, "body": 1e400}', '{"body": "a", "body": "b"}', '{"body": ["x"]}', '{"seq": ' + "9" * 4000 + "}",
    "\ud800".encode("utf-8", "surrogatepass"), '{"body": "\\ud800", "name": "\\ud800", "client_id": "client-odd-0001"}', b"\xff\xfe{", "null", '"x"',
)


@pytest.mark.parametrize("path", ["/questions/{}/messages", "/questions/{}/reading", "/questions/{}/rating", "/account", "/sign-in"])
def test_DOS_06_odd_json_is_a_clean_refusal(desk, path):
    ticket_id = desk.ask()
    client = desk.client_of(desk.app, "maja")
    for body in ODD:
        answer = client.post(path.format(ticket_id), data=body, content_type="application/json", headers={"Accept": "application/json"})
        assert 400 <= answer.status_code < 500 or answer.status_code in (201, 204, 303), (body[:40], answer.text)
        assert "Traceback" not in answer.text and "JSONDecode" not in answer.text


def test_DOS_06_more_than_fits_is_refused_before_it_is_read(app, client_of):
    client = client_of(app, "maja")
    for sent in ({"data": {"name": "x" * 10_000_000}}, {"data": "x" * 10_000_000, "content_type": "application/json"}):
        assert client.post("/account", **sent).status_code == 413
    many = {f"field{number}": "x" for number in range(5_000)}
    assert client.post("/account", data={**many, "name": "Maja", "locale": "en"}, content_type="multipart/form-data").status_code in (303, 413)


HUGE = "99999999999999999999999999"


@pytest.mark.parametrize("role", ["maja", "hanna", "arno"])
def test_DOS_06_huge_numbers_in_addresses_are_nothing_we_have(desk, role):
    ticket_id = desk.taken()
    client = desk.client_of(desk.app, role)
    for rule in desk.app.url_map.iter_rules():
        numbers = [name for name, converter in rule._converters.items() if isinstance(converter, IntegerConverter)]
        for method in (rule.methods & {"GET", "POST"}) if numbers else ():
            path = rule.build({name: int(HUGE) if name in numbers else "x" for name in rule.arguments})[1]
            answer = client.open(path, method=method, data={} if method == "POST" else None)
            assert answer.status_code in (400, 403, 404, 405, 422), (method, path)
    for path in (f"/questions/{ticket_id}/messages?after={HUGE}", f"/desk/tickets/{ticket_id}/messages?after={HUGE}", f"/desk/list?ticket={HUGE}", f"/tickets?q=T-{HUGE}", f"/tickets?q={HUGE[:11]}",
                 f"/admin/certificates/new?person_id={HUGE}"):
        assert client.get(path).status_code < 500, path
