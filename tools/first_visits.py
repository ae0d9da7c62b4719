"""What is done in a new shop before `make screenshots` pictures it: the first administrator, the first agent, the first customer."""
from urllib.parse import urlsplit

from tools.acts import fill, mailed


def founded(page, stage):
    """The first visit to an empty installation: its five steps, then the page that says what is still lacking."""
    fill(
        "main button.btn-primary", code=stage.shop.setup_code(), administrator_name="Arno Vogt", email="arno@tarn-thistle.example", password="lantern-over-tarn",
        shop_name="Tarn & Thistle",
    )(page, stage)
    page.wait_for_url("**/admin")


def hired(page, stage):
    """The first agent chooses a password with the invitation that the administrator had mailed, then is where she wanted to be."""
    if urlsplit(page.url).path != stage.target:
        office = stage.page("founder")
        office.goto("/admin/staff/new")
        fill("main button.btn-primary", name="Ines Duarte", email="ines@tarn-thistle.example")(office, stage)
        mailed(page, stage)
        invited = page.url
        fill("main button.btn-primary", password="lantern-over-tarn")(page, stage)
        page.wait_for_url(lambda address: address != invited)
        page.goto(stage.target)


def signed_up(page, stage):
    """The first customer makes an account by the mailed link, then is where she wanted to be."""
    if urlsplit(page.url).path != stage.target:
        page.goto("/sign-up")
        fill("main button.btn-primary", name="Maja Lindqvist", email="maja@mail.example")(page, stage)
        mailed(page, stage)
        page.locator("main button.btn-primary").click()
        page.wait_for_url(lambda address: "/link/" not in address)
        page.goto(stage.target)
