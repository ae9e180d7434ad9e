"""Whom a request comes from."""

from allauth.core.internal.ratelimit import get_ip
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The address that limits count: of IPv6 the /64. A forwarded one is believed from our own proxies alone."""
    return str(get_ip(request))
