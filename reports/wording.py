"""What the invariants are called, in the reader's language: from 1 on those of the coins, from 20 on of the people."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

INVARIANTS = {
    1: gettext_lazy("Debits equal credits"),
    2: gettext_lazy("Every balance equals the sum of its entries"),
    3: gettext_lazy("Nobody has less than nothing available"),
    4: gettext_lazy("Hours, coins and reversals fit each other"),
    5: gettext_lazy("Every redemption ended once"),
    6: gettext_lazy("Places, stock and rooms were never overbooked"),
    7: gettext_lazy("Nobody approved for themselves or their household"),
    8: gettext_lazy("No entry crosses from one book into another"),
    9: gettext_lazy("Monthly statements add up and follow each other"),
    10: gettext_lazy("Control totals agree and every coin is explained"),
    11: gettext_lazy("Every voucher was used once at most"),
    12: gettext_lazy("The seals verify: nobody changed a line"),
    13: gettext_lazy("Stock on hand equals its movements"),
    20: gettext_lazy("Wallets belong to their community"),
    21: gettext_lazy("Households keep within a community"),
    22: gettext_lazy("Rights to the admin follow the roles"),
    23: gettext_lazy("Nothing expired that was not announced"),
}


def invariant(number: int) -> str:
    """The invariant's sentence."""
    return str(INVARIANTS.get(number) or _("Check %(number)s") % {"number": number})
