"""Addresses of accounts. What allauth finds by name stands in ``sign_in_urls``."""

from django.urls import path

from accounts import views, views_addresses
from accounts.choices import Way

app_name = "accounts"
urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/phone/", views_addresses.change, {"way": Way.PHONE}, name="change_phone"),
    path("settings/phone/remove/", views_addresses.remove, {"way": Way.PHONE}, name="remove_phone"),
    path("settings/email/", views_addresses.change, {"way": Way.EMAIL}, name="change_email"),
    path("settings/email/remove/", views_addresses.remove, {"way": Way.EMAIL}, name="remove_email"),
    path("settings/check/", views_addresses.prove, name="prove"),
    path("settings/code/", views_addresses.code, name="address_code"),
    path("language/", views.language, name="language"),
    path("text-size/", views.text_size, name="text_size"),
    path("sessions/", views.Sessions.as_view(), name="sessions"),
]
