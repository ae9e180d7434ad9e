"""Phone numbers in templates: in groups for staff, masked for everybody else."""

from django import template

from core import phones

register = template.Library()


@register.filter
def phone_text(number: object) -> str:
    """138 0013 8000, for staff and its owner; "" for none."""
    return phones.for_people(str(number)) if number else ""


@register.filter
def masked_phone(number: object) -> str:
    """138****8000; "" for none."""
    return phones.masked(str(number)) if number else ""
