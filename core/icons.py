"""The drawings behind `{% icon %}`: one 24 × 24 outline each, in the ink of the text beside it."""

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

ICONS: dict[str, str] = {
    "back": '<path d="M15 5l-7 7 7 7"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l1.500 1.500H4.500zM10 21h4M12 3v2"/>',
    "box": '<path d="M4 8l8-4.500L20 8v8.500L12 21l-8-4.500zM4 8l8 4.500L20 8M12 12.500V21"/>',
    "calendar": '<path d="M4 6h16v14H4zM4 10.500h16M8.500 3.500V8M15.500 3.500V8"/>',
    "cancel": '<circle cx="12" cy="12" r="9"/><path d="M8.800 8.800l6.400 6.400M15.200 8.800l-6.400 6.400"/>',
    "chart": '<path d="M4 4v16h16M8.500 16v-4M13 16V7.500M17.500 16v-6"/>',
    "check": '<path d="M5 12.500l4.500 4.500L19 7"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.500l3.500 2"/>',
    "coin": '<circle cx="12" cy="12" r="9"/><path d="M9 9h6v6H9z"/>',
    "course": (
        '<path d="M12 6.500C9.500 5 6.500 4.500 3 4.500v13.500c3.500 0 6.500.5 9 2 2.500-1.500 5.500-2 9-2'
        'V4.500c-3.500 0-6.500.5-9 2zM12 6.500V20"/>'
    ),
    "download": '<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>',
    "edit": '<path d="M4 20l1-4.500L16.500 4 20 7.500 8.500 19zM14 6.500l3.500 3.500"/>',
    "exit": '<path d="M10 4H4.500v16H10M9.500 12H20M16 8l4 4-4 4"/>',
    "filter": ('<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>'),
    "flag": '<path d="M6 21V4h12l-2.500 4.500L18 13H6"/>',
    "gift": (
        '<path d="M4 11h16v9H4zM3 7.500h18V11H3zM12 7.500V20M12 7.500C9 7.500 7.500 6 8 4.500S11 4 12 7.500'
        'c1-3.500 3.500-4.500 4-3s-1 3-4 3z"/>'
    ),
    "help": (
        '<path d="M4 13.500 8 11l4 1.500h3.500a1.500 1.500 0 0 1 0 3H12M15.500 14l4-2'
        'a1.500 1.500 0 0 1 1.500 2.600L14 19.500 8 18l-4 1z"/>'
        '<path d="M14.500 9.200 12 6.600a1.700 1.700 0 0 1 2.500-2.300 1.700 1.700 0 0 1 2.500 2.300z"/>'
    ),
    "home": '<path d="M4 11.500 12 4l8 7.500V20h-5.500v-5.500h-5V20H4z"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.400v.1"/>',
    "key": '<circle cx="8" cy="15" r="4"/><path d="M11 12l8.500-8.500M16 7l3 3M13.500 9.500 15 11"/>',
    "language": (
        '<circle cx="12" cy="12" r="9"/>'
        '<path d="M3 12h18M12 3c3 3 3.800 6 3.800 9S15 18 12 21c-3-3-3.800-6-3.800-9S9 6 12 3z"/>'
    ),
    "list": '<path d="M9 6h11M9 12h11M9 18h11M4 6h.1M4 12h.1M4 18h.1"/>',
    "lock": '<path d="M5 11h14v9.500H5zM8 11V8a4 4 0 0 1 8 0v3M12 14.500v2.500"/>',
    "mail": '<path d="M3.500 5.500h17v13h-17zM3.500 7l8.500 6.500L20.500 7"/>',
    "minus": '<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>',
    "next": '<path d="M9 5l7 7-7 7"/>',
    "passbook": '<path d="M5 4h14v16H5zM5 8H3.500M5 12H3.500M5 16H3.500M9 9h6M9 13h6"/>',
    "people": (
        '<circle cx="9" cy="8.500" r="3.500"/><path d="M2.500 20c.6-4 3-6 6.500-6s5.900 2 6.500 6M16 5.300'
        'a3.500 3.500 0 0 1 0 6.400M18 14.500c2 .8 3.200 2.600 3.500 5.500"/>'
    ),
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 20.500c1-4.500 4-6.500 8-6.500s7 2 8 6.500"/>',
    "phone": (
        '<path d="M6 3h3.500l1.800 5-2.300 1.700a12 12 0 0 0 5.300 5.300L16 12.700l5 1.800V18a3 3 0 0 1-3 3'
        'A15 15 0 0 1 3 6a3 3 0 0 1 3-3z"/>'
    ),
    "place": (
        '<path d="M12 21s7-6.600 7-11.500a7 7 0 1 0-14 0C5 14.400 12 21 12 21z"/><circle cx="12" cy="9.500" r="2.400"/>'
    ),
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": '<path d="M7 9V3.500h10V9M7 17H4V9h16v8h-3M7 14h10v6.500H7z"/>',
    "qr": '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.500v2.500H14zM18 18h2M14 20h2M20 14v1"/>',
    "reversal": '<path d="M4 8h13M13 4l4 4-4 4M20 16H7M11 12l-4 4 4 4"/>',
    "search": '<circle cx="10.500" cy="10.500" r="6.500"/><path d="M15.500 15.500 21 21"/>',
    "settings": (
        '<circle cx="12" cy="12" r="3"/><path d="M12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.200 2.200'
        'M16.200 16.200l2.200 2.200M5.600 18.400l2.200-2.200M16.200 7.800l2.200-2.200"/>'
    ),
    "shield": '<path d="M12 3l8 3v6c0 5-3.500 7.800-8 9-4.500-1.200-8-4-8-9V6z"/>',
    "size": '<path d="M3 19 8.500 5 14 19M5 14.500h7M15 19l3.200-8 3.200 8M16.100 16.400h4.200"/>',
    "team": '<path d="M5 21V4.500M5 5h13.500l-3 4.500 3 4.500H5M9 9.500h4"/>',
    "undo": '<path d="M8 5 4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11h-4"/>',
    "urgent": '<path d="M13 3 5 13.500h6L10 21l8-10.500h-6z"/>',
    "voucher": (
        '<path d="M3.500 6.500h17V10a2 2 0 0 0 0 4v3.500h-17V14a2 2 0 0 0 0-4zM14.500 7v2M14.500 11v2M14.500 15v2"/>'
    ),
    "wait": (
        '<path d="M7 3.500h10M7 20.500h10M8 3.500c0 4.500 2.500 6 4 8.500 1.500-2.500 4-4 4-8.500M8 20.500'
        'c0-4.500 2.500-6 4-8.500 1.500 2.500 4 4 4 8.500"/>'
    ),
    "warning": '<path d="M12 3.500 22 20.500H2z"/><path d="M12 10v5M12 17.800v.1"/>',
}


@lru_cache(maxsize=len(ICONS))
def icon_svg(name: str) -> SafeString:
    """The drawing, hidden from screen readers: the word beside it speaks. KeyError for an unknown name."""
    drawing = ICONS[name]
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">{drawing}</svg>')  # noqa: S308  # constants
