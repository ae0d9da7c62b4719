"""What docs/deploying.md tells people to copy can be copied: units that systemd takes, a site that nginx takes, settings that exist."""
import re
import shutil
import subprocess
from dataclasses import fields

import pytest

from support.settings import Settings
from tests.house.rules import ROOT

DEPLOY = ROOT / "deploy"
UNITS = ("switchboard-web.service", "switchboard-work.service")


def directives(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_units_have_what_an_orderly_end_and_many_pages_need(unit):
    found = directives(unit)
    assert found["KillMode"] == ["mixed"] and int(found["TimeoutStopSec"][0]) > 30
    assert int(found["LimitNOFILE"][0]) >= 65536 and found["Restart"] == ["always"]
    assert found["ExecStart"][0].split()[-1] == ("serve" if "web" in unit else "work")


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_units(unit, tmp_path):
    """Where there is no systemd, at least every line is a directive with a value under a section."""
    text = (DEPLOY / unit).read_text()
    if shutil.which("systemd-analyze") is None:
        assert all(re.fullmatch(r"(#.*|\[\w+\]|[A-Z]\w+=.+)?", line) for line in text.splitlines())
        return
    here = re.sub(r"/opt/switchboard/\.venv/bin/flask \S+ \S+ \w+", "/bin/true", text).replace("/opt/switchboard", str(tmp_path))
    (tmp_path / unit).write_text(here)
    told = subprocess.run(["systemd-analyze", "verify", str(tmp_path / unit)], capture_output=True, text=True)
    assert told.returncode == 0 and "Unknown" not in told.stderr, told.stderr


def test_the_site_passes_websockets_on_and_believes_no_client_about_its_address():
    text = (DEPLOY / "nginx.conf").read_text()
    sockets = text[text.index("location /socket.io/"):]
    assert 'proxy_set_header Connection "upgrade"' in sockets and "proxy_set_header Upgrade $http_upgrade" in sockets
    assert text.count("X-Forwarded-For $remote_addr") == 2 and "$proxy_add_x_forwarded_for" not in text
    largest = int(re.search(r"client_max_body_size (\d+)m", text)[1])
    assert largest > Settings.import_megabytes, "whatever the program takes, nginx lets through"
    assert text.count("{") == text.count("}")


def test_nginx_takes_the_site(tmp_path):
    """Where there is no nginx, the test above is all that is looked at."""
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        return
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=help.example.org"], check=True, capture_output=True)
    site = re.sub(r"/etc/letsencrypt\S+fullchain\.pem", str(certificate), re.sub(r"/etc/letsencrypt\S+privkey\.pem", str(key), (DEPLOY / "nginx.conf").read_text()))
    (tmp_path / "nginx.conf").write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {site} }}")
    told = subprocess.run(["nginx", "-t", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


def test_every_setting_of_the_example_exists():
    named = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "switchboard.env").read_text(), re.MULTILINE))
    assert named and named <= {field.name.upper() for field in fields(Settings)}


def test_a_shell_reads_the_settings_as_systemd_does():
    told = subprocess.run(["sh", "-c", f". {DEPLOY / 'switchboard.env'} && printf '%s|%s' \"$SHOP_NAME\" \"$MAIL_FROM\""], capture_output=True, text=True)
    assert (told.stdout, told.stderr) == ("Our shop|Our shop <help@example.org>", "")


def test_the_image_is_made_of_files_that_exist():
    text = (DEPLOY / "Containerfile").read_text()
    assert "tools.prepare image" in text and (ROOT / "tools" / "prepare.py").exists()
    assert re.search(r'^ENTRYPOINT \["\.venv/bin/flask", "--app", "wsgi"\]', text, re.MULTILINE)
