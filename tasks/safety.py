"""What must not stand where everybody reads it, and what staff should look at first in a request for help. Pure.

A list of words catches the usual slips; the person who publishes still reads the text.
"""

import re
import unicodedata

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tasks.errors import UnsafeText


def _any_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


ALONE = _any_of("独居|孤寡|独自居住|一个人(?:住|在家)|空巢", "lives? alone|living alone|on (?:her|his|their) own")
DOOR = _any_of(
    r"\d+\s*(?:栋|幢|座|号楼|单元)\s*\d+|\d{3,4}\s*室",
    r"[0-9A-Za-z]+-\d+-\d{3,4}|\b(?:flat|room|apt\.?|unit|door)\s*\d+",
)
ILLNESS = _any_of("癌|肿瘤|痴呆|瘫痪|艾滋|精神病|抑郁症", "cancer|dementia|paralys|depress")
PHONE = _any_of(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")

FLAGS: dict[str, re.Pattern[str]] = {
    "danger": _any_of("自杀|轻生|不想活|晕倒|摔倒|出血|胸口|救命", "suicid|kill myself|fainted|bleeding|chest pain"),
    "money": _any_of(
        "银行卡|密码|转账|取钱|取款|现金|借钱|贷款|验证码", "bank card|password|transfer|withdraw|cash|loan"
    ),
    "medical": _any_of("打针|输液|换药|注射|插管", "inject|infusion|catheter|wound"),
    "risky_work": _any_of("电线|配电|煤气|燃气|高处|爬高|登高|擦外窗|外墙", "wiring|gas (?:pipe|leak)|ladder|roof"),
    "alone_with_child": _any_of("接送孩子|带孩子|看孩子|照看小孩", "babysit|look after (?:my|the) (?:child|kid)"),
}
FLAG_LABELS: dict[str, Promise] = {
    "danger": _("Somebody may be in danger: call at once"),
    "money": _("It is about money or passwords"),
    "medical": _("It needs a nurse or a doctor"),
    "risky_work": _("Dangerous work: electricity, gas or height"),
    "alone_with_child": _("A helper would be alone with a child"),
}


def check_public_text(text: str, *, field: str) -> None:
    """Refuse a door number, a phone, an illness, or that somebody lives alone, in what neighbours can read."""
    plain = unicodedata.normalize("NFKC", text)
    if ALONE.search(plain) or ILLNESS.search(plain):
        raise UnsafeText(
            _("Everybody can read this. Write nothing about illness or living alone here, but in the private note."),
            field=field,
        )
    if DOOR.search(plain) or PHONE.search(plain):
        raise UnsafeText(
            _("Everybody can read this. A door or a phone number belongs in the private address or note."), field=field
        )


def check_private_note(text: str) -> None:
    """Refuse an illness or a door number in the note to the helper: the address has its own field."""
    plain = unicodedata.normalize("NFKC", text)
    if ILLNESS.search(plain) or DOOR.search(plain):
        raise UnsafeText(
            _("Write no illness and no door number in the note. The door goes into the address field."),
            field="private_note",
        )


def flags_of(text: str) -> list[str]:
    """Which flags a request's words raise, for staff alone; the request itself is never refused."""
    plain = unicodedata.normalize("NFKC", text)
    return [name for name, words in FLAGS.items() if words.search(plain)]
