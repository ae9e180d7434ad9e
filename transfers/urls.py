"""Addresses of transfers between communities."""

from django.urls import path

from transfers.views import sending, staff, standing

app_name = "transfers"

desk = "staff/transfers/for/<uuid:resident>/"
urlpatterns = [
    path("transfers/", standing.mine, name="mine"),
    path("transfers/new/", sending.new, name="new"),
    path("transfers/review/", sending.review, name="review"),
    path("transfers/<uuid:transfer_id>/", standing.transfer, name="transfer"),
    path("transfers/<uuid:transfer_id>/cancel/", standing.cancel, name="cancel"),
    path("staff/transfers/", staff.transfers, name="staff_transfers"),
    path(desk, sending.desk_new, name="desk_new"),
    path(f"{desk}review/", sending.desk_review, name="desk_review"),
    path("staff/transfers/<uuid:transfer_id>/approve/", staff.approve, name="approve"),
    path("staff/transfers/<uuid:transfer_id>/refuse/", staff.refuse, name="refuse"),
]
