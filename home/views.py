"""The first pages: the root, the public board, a resident's home, staff today."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from communities.models import Community


def root(request: HttpRequest) -> HttpResponseBase:
    """Where a visitor belongs: their only community, or the list of communities."""
    communities = list(Community.objects.order_by("slug")[:50])
    if len(communities) == 1:
        return redirect("home:board", communities[0].slug)
    return render(request, "home/root.html", {"communities": communities})


def healthz(request: HttpRequest) -> HttpResponse:
    """For the load balancer: 200 when the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
