"""Addresses of people's pages, under a community's slug."""

from django.urls import path

from communities.views import expiring, households, joining, mine, moves, partners, people, roles, settings, teams

app_name = "communities"
urlpatterns = [
    path("join/", joining.start, name="join"),
    path("join/check/", joining.check, name="join_check"),
    path("join/<slug:name>/", joining.step, name="join_step"),
    path("household/", households.mine, name="household"),
    path("team/", teams.index, name="team"),
    path("team/<uuid:team>/", teams.one, name="one_team"),
    path("team/<uuid:team>/add/", teams.add, name="add_to_team"),
    path("team/<uuid:team>/leave/<uuid:resident>/", teams.leave, name="leave_team"),
    path("my-data/", mine.my_data, name="my_data"),
    path("people/", people.find, name="people"),
    path("people/expiring/", expiring.coming, name="expiring"),
    path("people/new/", people.register, name="register"),
    path("people/passbook/<str:token>/", people.passbook_code, name="passbook_code"),
    path("people/roles/", roles.index, name="roles"),
    path("people/roles/<int:grant>/end/", roles.end, name="end_role"),
    path("people/teams/new/", teams.new, name="new_team"),
    path("people/households/", households.index, name="households"),
    path("people/households/<uuid:household>/", households.one, name="one_household"),
    path("people/households/<uuid:household>/leave/<uuid:resident>/", households.leave, name="leave_household"),
    path("people/moves/", moves.index, name="moves"),
    path("people/moves/new/", moves.new, name="new_move"),
    path("people/moves/<uuid:move>/", moves.one, name="move"),
    path("people/moves/<uuid:move>/confirm/", moves.confirm, name="confirm_move"),
    path("people/moves/<uuid:move>/decline/", moves.decline, name="decline_move"),
    path("people/moves/<uuid:move>/reversal/", moves.reversal, name="reverse_move"),
    path("people/moves/<uuid:move>/paper/", moves.paper, name="move_paper"),
    path("people/partners/", partners.index, name="partners"),
    path("people/partners/ask/", partners.ask, name="ask_partner"),
    path("people/partners/<uuid:partnership>/accept/", partners.accept, name="accept_partner"),
    path("people/partners/<uuid:partnership>/decline/", partners.decline, name="decline_partner"),
    path("people/partners/<uuid:partnership>/end/", partners.end, name="end_partner"),
    path("people/<uuid:resident>/", people.resident, name="resident"),
    path("people/<uuid:resident>/history/", people.history, name="resident_history"),
    path("people/<uuid:resident>/correct/", people.correct, name="correct"),
    path("people/<uuid:resident>/verify/", people.verify, name="verify_residence"),
    path("people/<uuid:resident>/home-visits/", people.clear, name="clear"),
    path("people/<uuid:resident>/account/", people.account, name="account"),
    path("people/<uuid:resident>/household/", households.join, name="join_household"),
    path("settings/", settings.settings, name="settings"),
]
