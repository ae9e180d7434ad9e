"""The product's addresses and the reference: the frame that every page of a community has, around nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from communities.access import member_page
from communities.actors import Actor

REFERENCE = "bench/"


@member_page
def base_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What every page costs at least: the middleware, the session, who it is, the base page with its navigation."""
    return render(request, "base.html")


urlpatterns = [path(f"c/<slug:community>/{REFERENCE}", base_page), path("", include("timebank.urls"))]
handler500 = "core.middleware.broken"
