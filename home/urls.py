"""Addresses of the first pages of a community."""

from django.urls import path

from home import views

app_name = "home"
urlpatterns = [
    path("", views.board, name="board"),
    path("home/", views.home, name="home"),
    path("me/", views.me, name="me"),
    path("how/", views.how, name="how"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("staff/", views.staff, name="staff"),
]
