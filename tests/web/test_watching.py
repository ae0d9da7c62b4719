"""What those who run it can see: /readyz tells the truth, /metrics has the figures of every process at one door."""
import re
import urllib.request

import pytest
from sqlalchemy.exc import OperationalError

from support import relay
from support.web import watching
from support.web.pulse import DEAF
from tests.recovery.caller import Caller, until

SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


def samples(text: str) -> dict[str, list[tuple[dict, float]]]:
    found: dict[str, list[tuple[dict, float]]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = SAMPLE.match(line).groups()
            found.setdefault(name, []).append((dict(re.findall(r'(\w+)="([^"]*)"', labels or "")), float(value)))
    return found


def scrape(url: str) -> dict[str, list[tuple[dict, float]]]:
    with urllib.request.urlopen(f"{url}/metrics", timeout=20) as answer:
        return samples(answer.read().decode())


def test_the_figures_of_the_default_size_name_what_happens(app, client_of, desk):
    ticket_id = desk.taken()
    client_of(app, "maja").get(f"/questions/{ticket_id}/messages?after=0")
    with app.app_context():
        while relay.run_once():
            pass
    found = samples(app.test_client().get("/metrics").text)
    assert found["switchboard_outbox_age_seconds"] == [({}, 0.0)]
    assert sum(value for _labels, value in found["switchboard_deliveries_tried_total"]) > 0
    assert found["switchboard_hint_seconds_count"][0][1] > 0
    assert [labels["endpoint"] for labels, _value in found["switchboard_catch_ups_total"]] == ["portal_questions.messages"]
    assert {labels["state"] for labels, _value in found["switchboard_pool_connections"]} == {"used", "idle"}


def test_an_event_that_nobody_relays_and_a_delivery_that_fails_are_seen(app, desk, clock):
    relay.listen(app, "test.ill", ["ticket.opened"], lambda event: 1 / 0)
    desk.ask()
    clock.move(30)
    before = samples(app.test_client().get("/metrics").text)
    assert before["switchboard_outbox_age_seconds"][0][1] >= 30
    with app.app_context():
        relay.run_once()
        relay.number()  # what its listeners wrote
    after = samples(app.test_client().get("/metrics").text)
    assert after["switchboard_outbox_age_seconds"][0][1] == 0
    assert after["switchboard_deliveries_failing"][0][1] == 1


def test_a_socket_that_is_refused_is_counted_with_the_reason(app):
    gate = app.extensions["live"].gate
    gate.closed = True
    assert app.test_client().get("/socket.io/?EIO=4&transport=websocket").status_code == 503
    gate.closed, gate.most = False, 0
    assert app.test_client().get("/socket.io/?EIO=4&transport=websocket").status_code == 503
    found = samples(app.test_client().get("/metrics").text)["switchboard_socket_refusals_total"]
    assert {labels["why"]: value for labels, value in found} == {"closed": 1, "full": 1}


def test_figures_are_given_without_a_database_too(app, monkeypatch):
    monkeypatch.setattr(watching, "select", _gone)
    found = samples(app.test_client().get("/metrics").text)
    assert "switchboard_sockets" in found and "switchboard_outbox_age_seconds" not in found


def _gone(*args):
    raise OperationalError("SELECT", None, Exception("gone"))


@pytest.mark.parametrize("part", DEAF)
def test_a_deaf_process_is_not_ready_and_answers_nobody_late(app, monkeypatch, part):
    pulse, client = app.extensions["pulse"], app.test_client()
    assert client.get("/readyz").status_code == 200
    pulse.start()
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(pulse, "deaf", lambda: [part])
    answer = client.get("/readyz")
    assert answer.status_code == 503 and part in answer.text
    page = client.get("/")
    assert page.status_code == (503 if part == "database" else 200)
    assert page.headers.get("Retry-After") == ("5" if part == "database" else None)
    assert client.get("/healthz").status_code == 200


def test_a_process_that_is_about_to_end_is_not_ready(app):
    app.extensions["live"].gate.closed = True
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: ending\n")


@pytest.mark.parametrize("settings", [{"trusted_proxies": proxies} for proxies in (0, 1)], indirect=True, ids=["no proxy", "a proxy"])
def test_figures_without_a_token_are_for_this_machine_and_for_nobody_behind_a_proxy_on_it(app):
    client = app.test_client()
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
    for header, claimed in (("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "203.0.113.9"), ("X-Real-IP", "203.0.113.9"), ("Forwarded", "for=203.0.113.9")):
        assert client.get("/metrics", headers={header: claimed}).status_code == 404, header
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404


def test_one_door_has_the_figures_of_all_processes_of_the_grown_size(live_grown):
    Caller(live_grown, "maja").asks("Who counts?", channel="form")

    def all_of_them():
        found = scrape(live_grown.url)
        roles = sorted(labels["process"].split(":")[0] for labels, _value in found["switchboard_loop_lag_seconds"])
        hinted = [value for labels, value in found["switchboard_hint_seconds_count"] if labels["process"].startswith("work")]
        return roles == ["web", "web", "work"] and sum(hinted) > 0

    until(all_of_them, "two web workers and flask work", 30)
