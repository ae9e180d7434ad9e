"""A page asked in a way it does not take answers 405 with a page to read; its header says which ways it takes."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db
SAID = {"en": "This page is not opened that way", "zh-hans": "这个页面不能这样打开"}


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("post", "/c/jinshan/people/", "GET, HEAD"),
        ("delete", "/c/jinshan/people/new/", "GET, HEAD, POST"),
        ("post", "/healthz", "GET, HEAD"),
    ],
)
def test_it_is_said_in_the_reader_s_language(method, url, allowed, language, zhou, client_for):
    client = client_for(zhou)
    client.cookies["django_language"] = language
    answer = getattr(client, method)(url)
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert SAID[language] in answer.content.decode()
