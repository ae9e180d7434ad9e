"""Addresses of hours: a resident's own, the verifiers' queue, paper sheets, reversals."""

from django.urls import path

from tasks.views import hours, reversals, sheets, verify

urlpatterns = [
    path("hours/", hours.my_hours, name="my_hours"),
    path("hours/log/", hours.log_hours, name="log_hours"),
    path("hours/<uuid:record_id>/", hours.hour_record, name="hour_record"),
    path("hours/<uuid:record_id>/fix/", hours.fix, name="hours_fix"),
    path("hours/<uuid:record_id>/withdraw/", hours.withdraw, name="hours_withdraw"),
    path("hours/<uuid:record_id>/appeal/", hours.appeal, name="hours_appeal"),
    path("staff/verify/", verify.queue, name="verify"),
    path("staff/verify/approve/", verify.approve_many, name="verify_bulk"),
    path("staff/verify/<uuid:record_id>/", verify.one, name="verify_one"),
    path("staff/verify/<uuid:record_id>/reverse/", reversals.ask, name="reversal_ask"),
    path("staff/reversals/", reversals.waiting, name="reversals"),
    path("staff/reversals/<uuid:record_id>/", reversals.decide, name="reversal_decide"),
    path("staff/sheets/", sheets.shifts, name="sheets"),
    path("staff/sheets/<uuid:shift_id>/", sheets.sheet, name="sheet"),
]
