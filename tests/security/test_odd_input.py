"""What no browser sends: refused or taken as nothing, never an error of ours, on both databases."""
import pytest

NUL = "%00"


@pytest.mark.both_stores
@pytest.mark.parametrize("path", [
    f"/answers/a{NUL}", f"/orders/TT{NUL}", f"/orders/TT{NUL}/state", f"/products/a{NUL}", f"/link/{NUL * 30}", f"/reset/{NUL * 30}", f"/staff/reset/{NUL * 30}",
    f"/answers?category=a{NUL}&language={NUL}", f"/orders?q={NUL}&show={NUL}", f"/products?q={NUL}&category={NUL}", f"/search?q={NUL}", f"/ask?order={NUL}&q={NUL}",
])
def test_INJ_01_a_nul_in_an_address_names_nothing(app, client_of, path):
    answer = client_of(app, "maja").get(path)
    assert answer.status_code in (200, 404), answer.status_code


@pytest.mark.both_stores
def test_INJ_01_a_nul_in_a_form_names_nothing(app, client_of):
    maja = client_of(app, "maja")
    assert maja.post("/ask/solved", data={"article": "a\0b"}).status_code == 404
    assert maja.post("/answers/a%00b/feedback", data={"helped": "yes"}).status_code == 404


@pytest.mark.parametrize("value", ["true", "7", "1.5", "NaN", "null", '"marketing.email"', '{"0": "marketing.email"}', "[null]", '["\\ud800"]', "[[[]]]"])
def test_DOS_06_several_values_in_json_are_a_list_or_wrong(app, client_of, value):
    answer = client_of(app, "maja").post("/account/consent", data=f'{{"given": {value}}}', content_type="application/json")
    assert answer.status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_DOS_06_days_at_the_ends_of_the_calendar_are_wrong(app, client_of, day):
    arno, ines = client_of(app, "arno"), app.extensions["cast"]["ines"]
    for path, form in (
        ("/admin/notices/new", {"text": "Late", "severity": "info", "starts_on": day}), ("/admin/notices/new", {"text": "Late", "severity": "info", "ends_on": day}),
        ("/admin/certificates/new", {"person_id": ines, "skill_id": 1, "level": 3, "until": day}),
    ):
        assert arno.post(path, data=form).status_code == 422, (path, form)


@pytest.mark.parametrize("code", ["zz", "xq_ZZ", "en_QQ"])
def test_an_article_in_no_language_is_refused_and_the_answers_stay_readable(app, client_of, code):
    form = {"title": "Parcels", "body": "They come.", "category": "Delivery", "language": code, "state": "public"}
    assert client_of(app, "arno").post("/admin/articles/new", data=form).status_code == 422
    assert client_of(app).get("/answers").status_code == 200
