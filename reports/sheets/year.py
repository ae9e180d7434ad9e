"""The yearly report of a book: what the committee signs. The same sections stand on the page and on paper."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from communities.models import Community
from core.typed import typed_plain
from core.wording import MONTHS_EN, day_text, duration_text, in_chinese, local, month_text, number_text
from ledger.choices import AccountKind
from ledger.models import Book
from reports.pdf import Paper, Section, Sign
from reports.selectors.year import Movement, Service, Year
from reports.tables import Column, Row

SMALL = 6.6  # points: twelve months side by side
MONTH_MM = 11


def year_sections(book: Book, found: Year) -> list[Section]:
    """Hours, coins, the roll-forward, reversals, proofs."""
    return [_service(found), _forward(found), _holders(found), _kinds(found), _corrections(found), _proofs(found)]


def year_facts(book: Book, community: Community, found: Year) -> list[tuple[str, str]]:
    """What is reported, and in what it is counted."""
    first = day_text(found.through.replace(month=1, day=1), weekday=False, year=True)
    return [
        (_("Period"), f"{first} – {day_text(found.through, weekday=False, year=True)}"),
        (_("Book"), f"{typed_plain(book, 'name')} ({number_text(book.pk)})"),
        (_("Unit"), community.coin.name()),
        (_("Residents registered"), number_text(found.residents)),
    ]


def year_paper(book: Book, community: Community, found: Year) -> Paper:
    """The report to sign, on A4."""
    name = typed_plain(community, "name")
    seal = found.seal.code if found.seal else ""
    return Paper(
        title=_("Yearly report of the time bank"),
        issuer=name,
        subtitle=f"{found.year}年度" if in_chinese() else str(found.year),
        foot=f"{name}  {seal}",
        facts=year_facts(book, community, found),
        sections=year_sections(book, found),
        notes=[
            _(
                "The figures are taken from the ledger and from verified records. Each can be followed in the time "
                "bank to the entries behind it, and from there to the service, the people who verified it and the day."
            )
        ],
        signs=[
            Sign(_("Residents' committee (seal)"), [_("In charge"), _("Bookkeeper"), _("Date")]),
            Sign(_("Supervisory committee of residents"), [_("Chair"), _("Members"), _("Date")]),
        ],
    )


def _service(found: Year) -> Section:
    text = _(
        "%(hours)s of service by %(people)s neighbours, verified; %(goods)s redemptions handed over. The months go by "
        "the day of service, without what was reversed; section 4 goes by the day booked."
    ) % {
        "hours": duration_text(found.service.minutes),
        "people": number_text(found.service.helpers),
        "goods": number_text(found.handed_over),
    }
    return Section(
        title=_("1. Hours and people"),
        text=text,
        columns=[
            Column(_("Month")),
            Column(_("Services"), number=True, width=30),
            Column(_("Time given"), number=True, width=42),
            Column(_("Neighbours who helped"), number=True, width=40),
            Column(_("Coins credited"), number=True, width=32),
        ],
        rows=[_service_row(month_text(one.month), one) for one in found.service_months if one.month],
        total=_service_row(_("The year"), found.service),
    )


def _service_row(label: str, one: Service) -> Row:
    return [label, one.services, duration_text(one.minutes), one.helpers, one.coins]


def _forward(found: Year) -> Section:
    """Opening + issued − redeemed … = closing, each term of the formula: its sign before its name, never twice."""
    return Section(
        title=_("2. Coins outstanding: opening, in and out, closing"),
        text=_("Issued + opening balances + recovery − redeemed − expired − settled − clearing = coins outstanding."),
        columns=[
            Column(""),
            Column(_("At the beginning"), number=True, width=36),
            Column(_("In the year"), number=True, width=36),
            Column(_("At the end"), number=True, width=36),
        ],
        rows=[[_term(one), one.opening, one.change, one.closing] for one in found.movements],
        total=[
            _("Coins outstanding"),
            found.opening.explained,
            found.closing.explained - found.opening.explained,
            found.closing.explained,
        ],
    )


def _holders(found: Year) -> Section:
    """The same total by who has the coins, and the difference of both."""
    balanced = found.closing.difference == 0
    verdict = _("balanced") if balanced else _("NOT balanced")
    return Section(
        title=_("3. Who has the coins"),
        text=_("Difference to section 2: %(number)s (%(verdict)s).")
        % {"number": number_text(found.closing.difference), "verdict": verdict},
        columns=[
            Column(""),
            Column(_("At the beginning"), number=True, width=36),
            Column(_("In the year"), number=True, width=36),
            Column(_("At the end"), number=True, width=36),
        ],
        rows=[[str(one.kind.label), one.opening, _signed(one.change), one.closing] for one in found.holders],
        total=[
            _("Coins outstanding"),
            found.opening.held_by_people,
            _signed(found.closing.held_by_people - found.opening.held_by_people),
            found.closing.held_by_people,
        ],
    )


def _kinds(found: Year) -> Section:
    months = [f"{number}月" if in_chinese() else MONTHS_EN[number - 1] for number in range(1, 13)]
    return Section(
        title=_("4. Coins by kind of entry and month"),
        text=ngettext(
            "%(count)s entry. Reversals are entries of their own; nothing was erased. The months go by the day "
            "booked; section 1 goes by the day of service.",
            "%(count)s entries. Reversals are entries of their own; nothing was erased. The months go by the day "
            "booked; section 1 goes by the day of service.",
            found.entries,
        )
        % {"count": number_text(found.entries)},
        columns=[
            Column(_("Kind")),
            *(Column(month, number=True, width=MONTH_MM) for month in months),
            Column(_("Year"), number=True, width=14),
        ],
        rows=[[str(one.kind.label), *one.months, one.coins] for one in found.kinds],
        size=SMALL,
    )


def _corrections(found: Year) -> Section:
    open_now = found.closing.recovery
    expired = found.closing.expired - found.opening.expired
    return Section(
        title=_("5. Corrections, recoveries and expiry"),
        columns=[Column(""), Column(_("Cases"), number=True, width=36), Column(_("Coins"), number=True, width=36)],
        rows=[
            [_("Reversed by two people"), found.reversals, found.reversed_coins],
            [_("Asked for and declined"), found.declined, None],
            [_("Recovery advanced"), None, found.lent],
            [_("Recovery repaid"), None, found.repaid],
            [_("Recovery written off"), None, found.written_off],
            [_("Recovery still open"), None, open_now],
            [pgettext("ledger account", "Expired"), None, expired],
        ],
    )


def _proofs(found: Year) -> Section:
    checks = found.checks
    rows: list[Row] = [[_("Checks of the books in the year"), number_text(checks.runs)]]
    rows.append([_("Of these, something did not hold"), number_text(checks.broken)])
    if checks.last_at:
        good = checks.last_checks - checks.last_broken
        when = day_text(local(checks.last_at).date(), weekday=False, year=True)
        rows.append(
            [
                _("Last check"),
                _("%(day)s: %(good)s of %(all)s hold") % {"day": when, "good": good, "all": checks.last_checks},
            ]
        )
    if found.seal:
        day = day_text(found.seal.day, weekday=False, year=True)
        rows.append([_("Newest seal of the year"), f"{found.seal.code}  {day}"])
    return Section(
        title=_("6. Proofs"),
        text=_("The books are checked and sealed every day. Whoever changed a line later would be named by its seal."),
        columns=[Column("", width=72), Column("")],
        rows=rows,
    )


def _term(one: Movement) -> str:
    names = {AccountKind.ISSUANCE: _("Issued for hours"), AccountKind.RECOVERY: _("Recovery still open")}
    return f"{'+' if one.sign > 0 else '−'} {names.get(one.kind) or one.kind.label}"


def _signed(number: int) -> str:
    return number_text(number, signed=True)
