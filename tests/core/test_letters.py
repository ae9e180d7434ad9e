"""A request that says it is written in another coding than UTF-8 is answered 400, in the reader's language."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import RequestFactory

from timebank.wsgi import application

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded; charset="
PAGES = ["/healthz", "/c/jinshan/", "/accounts/login/", "/admin/login/"]
SAID = {"en": "We could not read that request", "zh-hans": "没能读懂这次请求"}


def served(path: str, content_type: str, *, body: bytes = b"", cookies: str = "") -> tuple[int, str]:
    """Status and page as the server gives them: the test client makes requests of its own kind."""
    said: dict[str, Any] = {"PATH_INFO": path, "QUERY_STRING": "q=%e4", "CONTENT_TYPE": content_type}
    if body:
        said |= {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    environ = RequestFactory()._base_environ(**said, HTTP_COOKIE=cookies)
    status: list[str] = []
    page = b"".join(application(environ, lambda line, headers, *rest: status.append(line)))
    return int(status[0].split()[0]), page.decode()


@pytest.mark.parametrize("charset", ["idna", "base64", "hex", "utf-16", "unheard-of", '"'])
@pytest.mark.parametrize("page", PAGES)
def test_nobody_gets_a_500(page, charset, jinshan):
    assert served(page, FORM + charset)[0] == 400


def test_nor_by_a_parameter_in_a_coding_unheard_of():
    assert served("/healthz", "text/plain; name*=unheard-of''%e4")[0] == 400


@pytest.mark.parametrize("language", SAID)
def test_it_is_the_page_of_a_request_that_cannot_be_read(language):
    status, page = served("/healthz", FORM + "idna", cookies=f"django_language={language}")
    assert (status, SAID[language] in page) == (400, True)


@pytest.mark.parametrize("charset", ["idna", "utf-16"])
def test_nor_who_is_signed_in_and_sends_a_form(charset, lin, client_for):
    kept = "; ".join(f"{one.key}={one.value}" for one in client_for(lin).cookies.values())
    url = "/c/jinshan/tasks/hours/log/"
    assert served(url, FORM + charset, body=b"minutes=%e4", cookies=kept)[0] == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "utf_8"])
def test_utf_8_by_any_name_is_read(charset):
    assert served("/accounts/login/", FORM + charset)[0] == 200
