"""Every address of the product. A community's pages live under its slug; each app's file names its own segment."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from communities.access import member_page
from home import views as home
from notifications import urls as notifications
from reports.admin.base import ReadOnly

# The admin is for reading the books: what libraries register of their own is not offered there.
for _model in [model for model, shown in admin.site._registry.items() if not isinstance(shown, ReadOnly)]:
    admin.site.unregister(_model)
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

community = [
    path("", include("communities.urls")),
    path("", include("tasks.urls")),
    path("", include("bookings.urls")),
    path("", include("transfers.urls")),
    path("", include("rewards.urls")),
    path("", include("papers.urls")),
    path("", include(notifications.behind(member_page))),
    path("", include("reports.urls")),
    path("", include("home.urls")),
]

urlpatterns = [
    path("", home.root, name="root"),
    path("healthz", home.healthz, name="healthz"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("accounts.sign_in_urls")),
    path("admin/r/<int:type_id>/<path:object_id>/", home.closed),
    path("admin/password_change/", home.closed),
    path("admin/password_change/done/", home.closed),
    path("admin/", admin.site.urls),
    path("c/<slug:community>/", include(community)),
]

handler500 = "core.middleware.broken"
