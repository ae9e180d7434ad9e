"""Addresses of tasks."""

from django.urls import URLPattern, path

from tasks import urls_hours
from tasks.views import board, check_in, claims, help_requests, publish
from tasks.views import staff as staff_views

app_name = "tasks"

# Neighbours: find, claim, check in, ask for help.
neighbours: list[URLPattern] = [
    path("tasks/", board.board, name="board"),
    path("tasks/mine/", claims.mine, name="mine"),
    path("tasks/led/", staff_views.led, name="led"),
    path("tasks/<uuid:task_id>/", board.task, name="task"),
    path("tasks/dates/<uuid:shift_id>/claim/", claims.claim, name="claim"),
    path("tasks/dates/<uuid:shift_id>/calendar.ics", board.calendar, name="calendar"),
    path("tasks/dates/<uuid:shift_id>/code/", check_in.code, name="code"),
    path("tasks/sign-ups/<uuid:sign_up_id>/withdraw/", claims.withdraw, name="withdraw"),
    path("check-in/word/<uuid:shift_id>/", check_in.by_word, name="check_in_word"),
    path("check-in/<str:token>/", check_in.check_in, name="check_in"),
    path("help/", help_requests.ask, name="help"),
    path("help/<uuid:request_id>/take-back/", help_requests.take_back, name="take_back"),
]

# Hours: logged by residents (`hours/…`), verified by staff (`staff/verify/…`), entered from paper (`staff/sheets/…`).
hours: list[URLPattern] = urls_hours.urlpatterns

# Staff: publish, see who comes, answer calls (`staff/tasks/…`, `staff/help/…`).
staff: list[URLPattern] = [
    path("staff/tasks/", publish.staff_list, name="staff_list"),
    path("staff/tasks/publish/", publish.publish, name="publish"),
    path("staff/tasks/urgent/", publish.publish_urgent, name="publish_urgent"),
    path("staff/tasks/<uuid:task_id>/", publish.staff_task, name="staff_task"),
    path("staff/tasks/<uuid:task_id>/edit/", publish.edit_text, name="edit_text"),
    path("staff/tasks/<uuid:task_id>/publish/", publish.publish_draft, name="publish_draft"),
    path("staff/tasks/<uuid:task_id>/cancel/", publish.cancel_task, name="cancel_task"),
    path("staff/tasks/dates/<uuid:shift_id>/", staff_views.staff_shift, name="staff_shift"),
    path("staff/tasks/dates/<uuid:shift_id>/edit/", publish.edit_date, name="edit_date"),
    path("staff/tasks/dates/<uuid:shift_id>/cancel/", publish.cancel_date, name="cancel_date"),
    path("staff/tasks/dates/<uuid:shift_id>/claim/", staff_views.claim_for, name="claim_for"),
    path("staff/tasks/sign-ups/<uuid:sign_up_id>/answer/", staff_views.answer, name="answer"),
    path("staff/help/", help_requests.calls, name="calls"),
    path("staff/help/<uuid:request_id>/", help_requests.call, name="call"),
]

urlpatterns = [*neighbours, *hours, *staff]
