"""An administrator brings a file, sees what its columns become, tries it, imports it, and reads what was not taken."""
import io
import re

import pytest
from sqlalchemy import func, select

from support import importing
from support.database import db
from support.orders import Order

ROWS = "order_number,placed_at,email,name,sku,title,quantity,unit_price\nA-1,2026-01-05 10:00,eva@mail.example,Eva,KT-1,Kettle,1,39.90\nA-2,2026-01-06 11:00,uwe@mail.example,Uwe,KT-1,Kettle,many,39.90\n"


def bring(client, text: str = ROWS, name: str = "orders.csv"):
    return client.post("/admin/imports", data={"kind": "orders", "source": "old_shop", "file": (io.BytesIO(text.encode()), name)}, content_type="multipart/form-data")


def test_a_file_becomes_a_draft_with_a_preview_that_can_be_forgotten(any_app, client_of):
    arno = client_of(any_app, "arno")
    page = bring(arno).headers["Location"]
    told = arno.get(page).text
    assert "A-1" in told and "What the columns mean" in told
    assert arno.post(f"{page}/discard").status_code == 303
    assert arno.get(page).status_code == 404


def test_a_trial_stores_nothing_and_shows_its_report(any_app, client_of):
    arno = client_of(any_app, "arno")
    page = bring(arno).headers["Location"]
    with any_app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Order))
    started = arno.post(f"{page}/start", data={"dry": "yes"})
    assert started.status_code == 303, started.text
    assert "Stop" in arno.get(page).text
    with any_app.app_context():
        importing.run_waiting()
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Order)) == before
    assert "1 row was not taken" in arno.get(f"{page}/progress").text
    assert "many" in arno.get(f"{page}/rejects.csv").text


def test_what_is_no_table_is_told_in_a_sentence_and_leaves_nothing(any_app, client_of):
    arno = client_of(any_app, "arno")
    answer = bring(arno, "PK\x03\x04 zip", "orders.csv")
    assert answer.status_code == 422 and re.search(r'id="f-file-error"', answer.text)
    assert arno.post("/admin/imports", data={"kind": "orders"}).status_code == 422


def test_only_this_address_takes_a_large_file(any_app, client_of):
    arno = client_of(any_app, "arno")
    assert bring(arno, ROWS + "A-9,2026-01-05 10:00,eva@mail.example,Eva,KT-1,Kettle,1,39.90\n" * 60_000).status_code == 303
    assert arno.post("/admin/shop", data={"shop_name": "x" * 3_000_000}).status_code == 413


def test_the_page_follows_the_import_by_itself(live_default, new_page, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text(ROWS, encoding="utf8")
    page = new_page(live_default, "arno")
    page.goto("/admin/imports")
    page.select_option("#f-kind", "orders")
    page.set_input_files("#f-file", file)
    page.fill("#f-source", "old_shop")
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Import now").click()
    page.get_by_text("The import is done.").wait_for()
    page.get_by_role("link", name="1 row was not taken").wait_for()


def mapping_of(app):
    with app.app_context():
        found = db.session.scalar(select(importing.ImportRun).order_by(importing.ImportRun.id.desc()).limit(1))
        return found.read_mapping()


def test_the_form_holds_the_whole_mapping_and_loses_nothing_of_it(any_app, client_of):
    arno = client_of(any_app, "arno")
    page = bring(arno, ROWS.replace("quantity", "status"), "orders.csv").headers["Location"]
    told = {
        "source": "old_shop", "column_order_number": "order_number", "constant_quantity": "1", "default_currency": "EUR", "option_credit_prefix": "C", "format_missing": "N/A | none",
        "only": "status = paid | sent\nname = Eva", "skip": "status = many",
    }
    assert arno.post(f"{page}/mapping", data=told).status_code == 303
    kept = mapping_of(any_app)
    assert kept.only == {"status": ("paid", "sent"), "name": ("Eva",)} and kept.skip == {"status": ("many",)} and kept.defaults == {"currency": "EUR"}
    assert kept.options == {"credit_prefix": "C"} and kept.format.missing == ("N/A", "none") and kept.constants == {"quantity": "1"}
    shown = arno.get(page).text
    for words in ("status = paid | sent\nname = Eva", 'value="N/A | none"', 'id="f-default_currency" value="EUR"', "whose number begins with this"):
        assert words in shown, words
    assert arno.post(f"{page}/mapping", data={"source": "old_shop", "column_order_number": "order_number"}).status_code == 303
    assert (mapping_of(any_app).only, mapping_of(any_app).options) == (kept.only, kept.options), "what a form does not send stays"


def test_a_wrong_line_of_the_mapping_is_told_at_its_place_and_nothing_typed_is_lost(any_app, client_of):
    arno = client_of(any_app, "arno")
    page = bring(arno).headers["Location"]
    answer = arno.post(f"{page}/mapping", data={"source": "elsewhere", "column_order_number": "order_number", "only": "status", "option_credit_prefix": "C"})
    assert answer.status_code == 422 and 'id="f-only-error"' in answer.text and 'value="elsewhere"' in answer.text and 'value="C"' in answer.text
    assert mapping_of(any_app).source == "old_shop"
    refused = arno.post(f"{page}/mapping", data={"source": "Not A Name", "column_order_number": "order_number"})
    assert refused.status_code == 303
    unready = arno.post(f"{page}/start", data={"dry": "yes"})
    assert unready.status_code == 422 and 'value="Not A Name"' in unready.text, "the mapping stays in its form when another form was wrong"


def test_a_file_in_another_encoding_is_read_when_it_is_named(any_app, client_of):
    arno, rows = client_of(any_app, "arno"), ROWS.replace("Eva", "Käthe").encode("cp1252")
    told = {"kind": "orders", "source": "old_shop"}
    assert arno.post("/admin/imports", data={**told, "file": (io.BytesIO(rows), "o.csv")}, content_type="multipart/form-data").status_code == 422
    brought = arno.post("/admin/imports", data={**told, "encoding": "cp1252", "file": (io.BytesIO(rows), "o.csv")}, content_type="multipart/form-data")
    assert brought.status_code == 303 and "Käthe" in arno.get(brought.headers["Location"]).text
    unknown = arno.post("/admin/imports", data={**told, "encoding": "klingon", "file": (io.BytesIO(rows), "o.csv")}, content_type="multipart/form-data")
    assert unknown.status_code == 422 and "klingon" in unknown.text


def test_after_a_trial_the_mapping_is_there_again_by_itself(live_default, new_page, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text(ROWS, encoding="utf8")
    page = new_page(live_default, "arno")
    page.goto("/admin/imports")
    page.select_option("[name=kind]", "orders")
    page.fill("[name=source]", "old_shop")
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_text("Trial run: nothing was stored.").wait_for()
    page.locator("#f-column_order_number").wait_for()
    assert page.get_by_role("button", name="Import now").is_visible()


GERMAN = pytest.mark.parametrize("settings", [{"shop_languages": ("en", "de")}], indirect=True)
LINES = [(f"B-{n // 2}", "2026-01-05", "", "KT-1", 1, "39.90") for n in range(2_400)] + [("B-X", "2026-01-05", "eva@mail.example", "KT-2", 2, "5")]


@GERMAN
def test_the_report_counts_in_the_readers_language_one_thing_as_one(any_app, client_of):
    arno = client_of(any_app, "arno")
    page = bring(arno, "order_number,placed_at,customer_email,sku,quantity,unit_price\n" + "".join(",".join(map(str, line)) + "\n" for line in LINES)).headers["Location"]
    arno.post(f"{page}/start")
    with any_app.app_context():
        importing.run_waiting()
        things = db.session.scalar(select(importing.ImportRun).order_by(importing.ImportRun.id.desc()).limit(1)).things
        assert set(things) == set(importing.importer_for("orders").things)

    def told() -> list[str]:
        return [" ".join(re.sub("<[^>]+>", " ", line).split()) for line in re.findall(r"<li>(.*?)</li>", arno.get(f"{page}/progress").text)]

    assert told() == [
        "2,401 rows read", "2,401 new", "0 changed", "0 already here, unchanged", "0 left out by the mapping", "0 rejected", "1,201 orders", "2,401 lines", "1 customer", "2 products",
    ]
    arno.post("/language", data={"language": "de"})
    assert told() == [
        "2.401 gelesene Zeilen", "2.401 neu", "0 geändert", "0 schon da, unverändert", "0 von der Zuordnung ausgelassen", "0 abgewiesen",
        "1.201 Bestellungen", "2.401 Bestellzeilen", "1 Kundin oder Kunde", "2 Produkte",
    ]
    refused = bring(arno, "x" * 1_100_000 + "\n")
    assert refused.status_code == 422 and "1.000.000 Zeichen" in refused.text


def test_a_sign_that_no_database_stores_is_left_out_of_the_name_of_a_source(any_app, client_of):
    arno = client_of(any_app, "arno")
    page = bring(arno).headers["Location"]
    assert arno.post(f"{page}/mapping", data={"source": "old\0shop", "column_number": "order_number"}).status_code in (303, 422)
    assert mapping_of(any_app).source == "oldshop"
