"""gunicorn's settings that every start shares, and its words where a request is refused before Django sees it."""

from __future__ import annotations

from typing import Any

from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

PAGE = """<!doctype html>
<html lang="zh-Hans"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>网址太长 · This address is too long</title>
<body style="max-width: 30em; margin: 3em auto; padding: 0 1em; font: 20px/1.6 system-ui, sans-serif">
<h1 style="font-size: 28px">网址太长，请返回后少输一些。</h1>
<p lang="en">This address is too long. Go back and type less.</p>
""".encode()
ANSWER = (
    b"HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(PAGE), PAGE)
)


class Worker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Threads, and a sentence for whoever typed too much into a search."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """The page above for an address that is too long; all else is gunicorn's."""
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Invalid request from ip=%s: %s", (addr or ("",))[0], exc)
        try:
            write_nonblock(client, ANSWER)
        except OSError:
            self.log.debug("Failed to say that the address is too long.")


worker_class = Worker
limit_request_line = 8190  # bytes, the most that gunicorn allows: some 900 Chinese characters
