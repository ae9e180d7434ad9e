"""PostgreSQL is down: a readable 503 in the reader's language on every kind of page; the sweep waits and goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import ROOT, child_env

PROGRAM = """
import json, django
django.setup()
from django.test import Client
answers = {}
for path in ("/", "/c/jinshan/", "/c/jinshan/passbook/", "/accounts/login/", "/c/jinshan/check/"):
    for language in ("zh-hans", "en"):
        client = Client(raise_request_exception=False)
        client.cookies["sessionid"] = "x" * 32
        answer = client.get(path, headers={"Accept-Language": language})
        text = answer.content.decode()
        in_english = "lang=\\"en\\"" in text
        answers[f"{path} {language}"] = [answer.status_code, in_english, answer.headers.get("Retry-After", "")]
print(json.dumps(answers))
"""


@pytest.mark.django_db
def test_a_readable_503(tmp_path: Path) -> None:
    env = child_env()
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL"):
        env[name] = "postgres://timebank_app:x@127.0.0.1:1/test_timebank"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    # The sign-in page needs no database: it stands.
    needs = {key: answer for key, answer in answers.items() if "/login/" not in key}
    assert {key: answer[0] for key, answer in needs.items()} == dict.fromkeys(needs, 503)
    assert {key: answer[1] for key, answer in needs.items()} == {key: key.endswith(" en") for key in needs}
    assert all(answer[2] for answer in needs.values())
