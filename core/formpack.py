"""What the form pack (`templates/timebank_forms/`) asks of a field: its shape and where its errors lead.

The pack is chosen by CRISPY_TEMPLATE_PACK. It follows GOV.UK's order: label, hint, error, control.
"""

from dataclasses import dataclass
from typing import Literal

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import BaseValidator
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Shape = Literal["hidden", "tick", "choices", "group", "control"]


@dataclass(frozen=True, slots=True)
class Part:
    """One field as the pack draws it. `unit` is written after a short input ("minutes")."""

    shape: Shape
    optional: bool
    unit: str
    control: SafeString


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the error summary; `target` is the id of what is to be mended, "" for the whole form."""

    target: str
    text: str


def shape_of(field: BoundField) -> Shape:
    """Which of the pack's shapes a field has, by its widget."""
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "group" if widget.use_fieldset else "control"


def part(field: BoundField) -> Part:
    """The field ready to draw; what may be left out says so, unless the form sets `mark_optional = False`."""
    shape = shape_of(field)
    unit = field.field.widget.attrs.get("data-unit", "")
    optional = not field.field.required and shape != "tick" and getattr(field.form, "mark_optional", True)
    return Part(shape, optional, str(unit), field.as_widget() if shape != "choices" else SafeString(""))


def target_of(field: BoundField) -> str:
    """The id that the error summary's link jumps to: the control, or the first of a group."""
    if field.id_for_label:
        return field.id_for_label
    return f"{field.auto_id}_0" if shape_of(field) in ("choices", "group") else field.auto_id


def general_sentences(field: forms.Field) -> set[str]:
    """What any field of this kind and with such limits says (``core.field_errors``)."""
    kinds = [*type(field).__mro__, *(type(it) for it in field.validators if isinstance(it, BaseValidator))]
    own = {str(text) for kind in kinds for text in getattr(kind, "default_error_messages", {}).values()}
    return own | {str(kind.message) for kind in kinds if issubclass(kind, BaseValidator)}


def summary_text(field: BoundField, error: ValidationError) -> str:
    """A refusal as the summary says it: the general sentences, which name no field, get the label in front."""
    text = " ".join(error.messages)
    if str(error.message) not in general_sentences(field.field):
        return text
    return _("%(label)s: %(error)s") % {"label": field.label, "error": text}


def faults(form: forms.BaseForm) -> list[Fault]:
    """Every refusal of a bound form, in the order of its fields, the form's own first."""
    unseen = [*form.non_field_errors(), *(text for field in form.hidden_fields() for text in field.errors)]
    return [Fault("", str(text)) for text in unseen] + [
        Fault(target_of(field), summary_text(field, error))
        for field in form.visible_fields()
        for error in form.errors.as_data().get(field.name, [])
    ]
