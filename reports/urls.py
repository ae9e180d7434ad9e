"""Addresses of the reports."""

from django.urls import path

from reports import journal_views, restore_views, views

app_name = "reports"
urlpatterns = [
    path("reports/", views.dashboard, name="dashboard"),
    path("reports/hours.csv", views.hours_csv, name="hours_csv"),
    path("reports/public-list/", views.public_list, name="public_list"),
    path("reports/books/", views.books, name="books"),
    path("reports/books.csv", views.books_csv, name="books_csv"),
    path("reports/books.xlsx", views.books_xlsx, name="books_xlsx"),
    path("reports/books/journal/", journal_views.journal, name="journal"),
    path("reports/books/journal/file", journal_views.journal_file, name="journal_file"),
    path("reports/restore/", restore_views.restore, name="restore"),
]
