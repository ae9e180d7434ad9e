"""Addresses of papers."""

from django.urls import path

from papers.views import check, passbook, settlements, sheets, statements

app_name = "papers"

desk = "staff/passbook/<uuid:resident>/"
sheet = "reports/settlements/<slug:partner>/<str:month>/"
urlpatterns = [
    path("passbook/", passbook.own, name="passbook"),
    path("passbook/print/", passbook.own_print, name="passbook_print"),
    path("passbook/passbook.pdf", passbook.own_pdf, name="passbook_pdf"),
    path("passbook/passbook.csv", passbook.own_csv, name="passbook_csv"),
    path("passbook/line/<int:entry>/", passbook.own_line, name="line"),
    path(desk, passbook.desk, name="staff_passbook"),
    path(f"{desk}print/", passbook.desk_print, name="staff_passbook_print"),
    path(f"{desk}passbook.pdf", passbook.desk_pdf, name="staff_passbook_pdf"),
    path(f"{desk}passbook.csv", passbook.desk_csv, name="staff_passbook_csv"),
    path(f"{desk}line/<int:entry>/", passbook.desk_line, name="staff_line"),
    path("statements/", statements.statement_list, name="statements"),
    path("statements/<str:month>/", statements.statement, name="statement"),
    path("statements/<str:month>/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("staff/sign-in-sheet/<uuid:shift>/", sheets.sign_in, name="sign_in_sheet"),
    path("staff/sign-in-sheet/<uuid:shift>/sheet.pdf", sheets.sign_in_pdf, name="sign_in_sheet_pdf"),
    path("staff/register/", sheets.register, name="register"),
    path("staff/register/register.pdf", sheets.register_pdf, name="register_pdf"),
    path("reports/settlements/", settlements.settlements, name="settlements"),
    path(sheet, settlements.settlement, name="settlement"),
    path(f"{sheet}settlement.pdf", settlements.settlement_pdf, name="settlement_pdf"),
    path(f"{sheet}settlement.csv", settlements.settlement_csv, name="settlement_csv"),
    path("check/", check.check, name="check"),
    path("check/<str:code>/", check.check, name="check_code"),
]
