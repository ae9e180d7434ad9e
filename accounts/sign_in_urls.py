"""The doors that allauth names, and no others: passwords, links by mail and second factors have no page here."""

from allauth.account.views import AccountInactiveView
from django.urls import path
from django.views.generic import RedirectView

from accounts import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("register/", views.Register.as_view(), name="account_signup"),
    path("code/", views.ConfirmCode.as_view(), name="account_confirm_login_code"),
    path(
        "code/new/",
        RedirectView.as_view(pattern_name="account_login", query_string=True),
        name="account_request_login_code",
    ),
    path("logout/", views.SignOut.as_view(), name="account_logout"),
    path("inactive/", AccountInactiveView.as_view(), name="account_inactive"),
    path("sessions/", views.Sessions.as_view(), name="usersessions_list"),
]
