"""Addresses of rewards: the residents' pages, the staff's, and the desk."""

from django.urls import path

from rewards.views import approvals, catalogue, desk, redemptions, stock, wishes

app_name = "rewards"
urlpatterns = [
    path("rewards/", catalogue.catalogue, name="catalogue"),
    path("rewards/<uuid:reward_id>/", catalogue.reward, name="reward"),
    path("rewards/<uuid:reward_id>/tell-me/", wishes.tell_me, name="tell_me"),
    path("rewards/<uuid:reward_id>/request/", catalogue.request_reward, name="request"),
    path("redemptions/", redemptions.mine, name="mine"),
    path("redemptions/<uuid:redemption_id>/", redemptions.redemption, name="redemption"),
    path("redemptions/<uuid:redemption_id>/undo/", redemptions.undo, name="undo"),
    path("redemptions/<uuid:redemption_id>/cancel/", redemptions.cancel, name="cancel"),
    path("redemptions/<uuid:redemption_id>/collector/", redemptions.collector, name="collector"),
    path("staff/redemptions/", approvals.staff_redemptions, name="staff_redemptions"),
    path("staff/redemptions/<uuid:redemption_id>/approve/", approvals.approve, name="approve"),
    path("staff/redemptions/<uuid:redemption_id>/refuse/", approvals.refuse, name="refuse"),
    path("staff/redemptions/<uuid:redemption_id>/reverse/", approvals.ask_reversal, name="ask_reversal"),
    path(
        "staff/redemptions/<uuid:redemption_id>/reverse/confirm/", approvals.confirm_reversal, name="confirm_reversal"
    ),
    path("staff/stock/", stock.shelf, name="stock"),
    path("staff/stock/add/", stock.add, name="add_goods"),
    path("staff/stock/<uuid:reward_id>/", stock.goods, name="stock_goods"),
    path("staff/stock/<uuid:reward_id>/change/", stock.change, name="change_goods"),
    path("desk/", desk.desk, name="desk"),
    path("desk/hand-over/", desk.hand_over, name="hand_over"),
    path("desk/scan/<str:token>/", desk.scan, name="scan"),
    path("desk/counter/", desk.counter, name="counter"),
    path("desk/register/<uuid:redemption_id>/", desk.slip, name="slip"),
]
