"""An administrator brings a file, sees what its columns become, tries it, imports it, and reads what was not taken."""
import io
import re

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
