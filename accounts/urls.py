"""Addresses of accounts. What allauth finds by name stands in ``sign_in_urls``."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("language/", views.language, name="language"),
    path("text-size/", views.text_size, name="text_size"),
    path("sessions/", views.Sessions.as_view(), name="sessions"),
]
