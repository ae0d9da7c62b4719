"""A setting that cannot work stops the start with one sentence that says which and how to mend it."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.settings import Settings, SettingsError
from tests.house.rules import ROOT

KEY = "k" * 40


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"WORKERS": "2"}, "WORKERS above 1 needs PostgreSQL"),
        ({"WORKERS": "2", "DATABASE_URL": "postgresql://db/x"}, "WORKERS above 1 needs REDIS_URL"),
        ({"WORKERS": "none"}, "WORKERS is “none”; write a whole number"),
        ({"ASYNC_MODE": "gevent"}, "SQLite cannot serve under gevent"),
        ({"BASE_URL": "http://help.example.org"}, "plain http on a public address"),
        ({"CLOCK_FILE": "/tmp/clock"}, "refused in production"),
        ({"DEMO_TRAFFIC": "1"}, "only with MODE=demo"),
        ({"SECRET_KEY": "short"}, "at least 32 random characters"),
        ({"SECRET_KEY_FILE": "/nowhere/at/all"}, "SECRET_KEY_FILE names /nowhere/at/all, which cannot be read"),
        ({"SHOP_ZONE": "Europe/Nowhere"}, "is no time zone"),
        ({"MAIL_URL": "pigeon:"}, "MAIL_URL must begin with"),
        ({"EMBED_ORIGINS": "https://shop.example/"}, "EMBED_ORIGINS names “https://shop.example/”, which is no site"),
        ({"EMBED_ORIGINS": "https://shop.example,*"}, "EMBED_ORIGINS names “*”"),
        ({"EMBED_ORIGINS": "http://shop.example"}, "over plain http"),
        ({"EMBED_ORIGINS": "https://shop.example", "EMBED_SECRET": "short"}, "EMBED_SECRET is too short"),
        ({"EMBED_ORIGINS": "https://shop.example", "EMBED_SECRET": KEY}, "another one than SECRET_KEY"),
        ({"EMBED_SECRET": "e" * 40}, "of no use without EMBED_ORIGINS"),
        ({"SOCKETS_PER_MINUTE": "0"}, "SOCKETS_PER_MINUTE must be 1 or more"),
        ({"EMBED_SESSION_HOURS": "0"}, "EMBED_SESSION_HOURS must be 1 or more"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL must begin with"),
    ],
)
def test_what_cannot_work_is_refused(environment, sentence):
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({"SECRET_KEY": KEY, **environment} if "SECRET_KEY_FILE" not in environment else environment)
    assert sentence in str(refused.value)


def test_a_secret_may_come_from_a_file(tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="utf8")
    assert Settings.from_env({"SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == KEY


def test_the_grown_size_is_three_settings():
    grown = Settings.from_env({"SECRET_KEY": KEY, "DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://cache", "WORKERS": "4"})
    assert (grown.async_mode, grown.database_url) == ("gevent", "postgresql+psycopg://db/x")


def test_a_command_prints_the_sentence_and_nothing_else(tmp_path):
    flask = Path(sys.executable).parent / "flask"
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "WORKERS": "2"}
    done = subprocess.run([flask, "--app", "wsgi", "settings"], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr == "Error: WORKERS above 1 needs PostgreSQL: set DATABASE_URL.\n"
