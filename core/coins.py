"""What a community calls its coin, and how an amount of it is written."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.wording import duration_text, in_chinese, number_text


@dataclass(frozen=True, slots=True)
class CoinWord:
    """The coin's name in both languages: 时间币 / coin, 积分 / point.

    `per_minute` says that hours stand with the coins ("1,260 coins (21 h)"), at `coins_per_hour` to the hour.
    """

    zh: str = "时间币"
    en: str = "coin"
    per_minute: bool = False
    en_many: str = ""
    coins_per_hour: int = 60

    def name(self, count: int = 2) -> str:
        """The name alone in the reader's language, in the number that `count` asks for."""
        if in_chinese():
            return self.zh
        return self.en if abs(count) == 1 else self.en_many or f"{self.en}s"

    def hours(self, count: int) -> str:
        """The hours that stand with an amount, "" where the rule is not per minute or the amount is none."""
        if not self.per_minute or not count:
            return ""
        return duration_text(abs(count) * 60 // self.coins_per_hour)

    def amount(self, count: int, *, signed: bool = False) -> str:
        """The number and the name, no hours: "40 coins", "+40 coins" / 「40 时间币」."""
        number = number_text(count, signed=signed)
        return _("%(number)s %(coins)s") % {"number": number, "coins": self.name(count)}

    def text(self, count: int, *, signed: bool = False) -> str:
        """The whole amount: "1,260 coins (21 h)" / 「1,260 时间币（21 小时）」."""
        amount, hours = self.amount(count, signed=signed), self.hours(count)
        return _("%(amount)s (%(hours)s)") % {"amount": amount, "hours": hours} if hours else amount

    def words(self, count: int) -> str:
        """The amount's words without its number: "coins (21 h)" / 「时间币（21 小时）」."""
        name, hours = self.name(count), self.hours(count)
        return _("%(amount)s (%(hours)s)") % {"amount": name, "hours": hours} if hours else name
