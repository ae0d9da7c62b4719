"""The mark of Switchboard: in tabs, on home screens, in the frame of the browser; nothing it names is missing."""
import re
import struct

import pytest

from support.web import assets

PAGES = [(None, "/"), (None, "/answers"), (None, "/staff/sign-in"), ("maja", "/orders"), ("ines", "/desk"), ("arno", "/admin")]


def png_sides(content: bytes) -> str:
    assert content.startswith(b"\x89PNG")
    return "{}x{}".format(*struct.unpack(">II", content[16:24]))


@pytest.mark.parametrize(("key", "path"), PAGES)
def test_every_page_names_its_icons_and_they_are_there(app, client_of, key, path):
    client = client_of(app, key)
    page = client.get(path).text
    links = re.findall(r'<link rel="(icon|apple-touch-icon|manifest)" href="([^"]+)"(?: type="([^"]+)")?(?: sizes="([^"]+)")?', page)
    assert [link[0] for link in links] == ["icon", "icon", "apple-touch-icon", "manifest"]
    for rel, address, kind, sizes in links:
        answer = client.get(address)
        assert answer.status_code == 200 and (not kind or answer.content_type.startswith(kind)), address
        if rel == "apple-touch-icon":
            assert png_sides(answer.data) == "180x180"
        if kind == "image/png":
            assert png_sides(answer.data) == sizes


@pytest.mark.parametrize(("address", "name", "start"), [("/manifest.webmanifest", "Tarn & Thistle", "/"), ("/staff/manifest.webmanifest", "Switchboard", "/desk")])
@pytest.mark.parametrize("settings", [{"shop_name": "Tarn & Thistle"}], indirect=True)
def test_the_portal_and_the_desk_can_be_put_on_a_home_screen(app, client_of, address, name, start):
    answer = client_of(app).get(address)
    told = answer.get_json(force=True)
    assert answer.content_type == "application/manifest+json"
    assert (told["short_name"], told["start_url"]) == (name, start)
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
    for icon in told["icons"]:
        assert png_sides(client_of(app).get(icon["src"]).data) == icon["sizes"]


def test_browsers_that_ask_unasked_get_an_icon(app, client_of):
    answer = client_of(app).get("/favicon.ico")
    assert (answer.status_code, answer.content_type) == (200, "image/x-icon")
    count, = struct.unpack("<H", answer.data[4:6])
    for n in range(count):
        side, length, at = answer.data[6 + 16 * n], *struct.unpack("<II", answer.data[14 + 16 * n:22 + 16 * n])
        assert png_sides(answer.data[at:at + length]) == f"{side}x{side}"


def test_the_frame_of_the_browser_has_the_colour_of_the_page_in_the_theme_that_is_shown(app, client_of):
    client = client_of(app)
    both = re.findall(r'<meta name="theme-color" content="(#\w+)" media="\(prefers-color-scheme: (\w+)\)">', client.get("/").text)
    assert both == [("#ffffff", "light"), ("#171b23", "dark")]
    client.set_cookie("theme", "dark")
    assert re.findall(r'<meta name="theme-color" content="(#\w+)">', client.get("/").text) == ["#171b23"]
    assert re.findall(r'<meta name="theme-color" content="(#\w+)">', client.get("/staff/sign-in").text) == ["#0f1218"]


def test_the_ground_told_to_the_browser_is_the_one_of_the_stylesheet():
    tokens = (assets.FOLDER / "css/tokens.css").read_text(encoding="utf-8")
    assert "--sb-surface: light-dark(#ffffff, #171b23)" in tokens and "--sb-canvas: light-dark(#f5f6f9, #0f1218)" in tokens
