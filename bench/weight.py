"""What a first visit fetches: the page and every file that it names, each as gzip."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings

NAMED = re.compile(rb"""<(?:link|script|img|source|use)\b[^>]*?\b(?:href|src)=["']([^"'#]+)""")
SKIPPED = re.compile(rb"""<link\b[^>]*\brel=["'](?:canonical|alternate|next|prev)["'][^>]*>""")
URL = re.compile(rb"""url\(["']?([^"')#]+)["']?\)""")


def first_visit(get: Callable[[str], bytes], page: str) -> dict[str, int]:
    """Address → bytes of the page and its files. Raises for a file of another site, or one that is not there."""
    html = get(page)
    found = {page: packed(html)}
    waiting = [urljoin(page, name.decode()) for name in NAMED.findall(SKIPPED.sub(b"", html))]
    while waiting:
        address = waiting.pop()
        if address in found or address.startswith("data:"):
            continue
        content = static_file(address)
        found[address] = packed(content)
        if address.endswith(".css"):
            waiting += [urljoin(address, name.decode()) for name in URL.findall(content)]
    return found


def static_file(address: str) -> bytes:
    """A static file by its address. LookupError for anything else: a first visit asks no other site."""
    if not address.startswith(settings.STATIC_URL):
        raise LookupError(f"the first page asks for {address}")
    return (Path(settings.STATIC_ROOT) / address.removeprefix(settings.STATIC_URL)).read_bytes()


def packed(content: bytes) -> int:
    """Bytes as they travel."""
    return len(gzip.compress(content, 6))
