"""Addresses of tasks."""

from django.urls import URLPattern

app_name = "tasks"

# Neighbours: find, claim, check in, ask for help.
neighbours: list[URLPattern] = []

# Hours: logged by residents (`hours/…`), verified by staff (`staff/verify/…`), entered from paper (`staff/sheets/…`).
hours: list[URLPattern] = []

# Staff: publish, see who comes, answer calls (`staff/tasks/…`, `staff/help/…`).
staff: list[URLPattern] = []

urlpatterns = [*neighbours, *hours, *staff]
