"""How a community turns service into coins: rules, each in force from a day of service on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.choices import RuleKind


class EarningRule(models.Model):
    """The community's rule for days of service from `valid_from` on, until a later rule begins.

    per_minute: `coins` for each `minutes` of service (1 coin a minute; 1 coin for each 60).
    per_attendance: `coins` each time.
    A rule is never edited, only followed by another: hour records name the version that paid them.
    """

    community = models.ForeignKey("communities.Community", on_delete=models.PROTECT, related_name="earning_rules")
    kind = models.CharField(_("kind"), max_length=16, choices=RuleKind)
    coins = models.PositiveIntegerField(_("coins"))
    minutes = models.PositiveSmallIntegerField(_("minutes that earn them"), default=1)
    valid_from = models.DateField(_("in force from"))

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        constraints = [
            models.UniqueConstraint(fields=["community", "valid_from"], name="earning_rule_one_a_day"),
            models.CheckConstraint(condition=models.Q(coins__gte=1, minutes__gte=1), name="earning_rule_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.community_id}: {self.coins} {self.kind} {self.valid_from:%Y-%m-%d}"
