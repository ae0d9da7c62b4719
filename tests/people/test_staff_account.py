"""What members of staff keep themselves."""
import pytest

from tests.people.door import PASSWORD, is_in, said, sign_in

MAIL = "ines@tarn-thistle.example"


def test_AUTH_04_staff_change_their_password_and_are_signed_out_elsewhere(app, client_of):
    here, elsewhere = client_of(app, "ines"), client_of(app, "ines")
    weak = here.post("/staff/account/password", data={"current_password": PASSWORD, "new_password": "ines duarte"})
    assert weak.status_code == 422 and "easy to guess" in weak.text
    assert here.post("/staff/account/password", data={"current_password": PASSWORD, "new_password": "seven quiet herons"}).status_code == 303
    assert is_in(here, "/staff/account") and not is_in(elsewhere, "/staff/account")
    assert sign_in(client_of(app), MAIL, "seven quiet herons", path="/staff/sign-in").status_code == 303


def test_staff_see_where_they_are_signed_in_and_end_all(app, client_of):
    here, elsewhere = client_of(app, "ines"), client_of(app, "ines")
    assert said(here.get("/staff/account")).count("last used") == 2
    assert here.post("/staff/account/sign-ins/end-all").location == "/staff/sign-in"
    assert not is_in(here, "/staff/account") and not is_in(elsewhere, "/staff/account")


def test_staff_who_leave_come_to_the_staff_door(app, client_of):
    assert client_of(app, "ines").post("/sign-out").location == "/staff/sign-in"
    assert client_of(app, "maja").post("/sign-out").location == "/"


@pytest.mark.parametrize("settings", [{"shop_languages": ("en", "pt_BR")}], indirect=True)
def test_staff_choose_their_language_in_the_menu_of_every_page(app, client_of):
    page = client_of(app, "ines").get("/staff/account").text
    assert 'name="language" value="pt_BR" lang="pt-BR"' in page and 'name="language" value="en"' not in page
    client_of(app, "ines").post("/language", data={"language": "pt_BR", "next": "/staff/account"})
    page = client_of(app, "ines").get("/staff/account").text
    assert '<html lang="pt-BR"' in page and 'name="language" value="pt_BR"' not in page
