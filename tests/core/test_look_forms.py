"""The form pack: label, hint, error, control; a summary that leads to the field; what was typed is kept."""

import re

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import ButtonHolder, Div, Fieldset, Layout, Row, Submit
from django import forms

from tests.core.look_pages import EN, ZH, page, text

PLAIN = "{% load crispy_forms_tags %}{{ form|crispy }}"


class Join(forms.Form):
    """One field of each shape."""

    name = forms.CharField(label="Name", help_text="As on <b>", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    minutes = forms.IntegerField(
        label="Minutes",
        required=False,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric", "data-unit": "min"}),
        max_value=720,
    )
    team = forms.ChoiceField(label="Team", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    days = forms.MultipleChoiceField(label="Days", choices=[("1", "Mon")], widget=forms.CheckboxSelectMultiple)
    building = forms.ChoiceField(label="Building", choices=[("1", "No. 1")], error_messages={"required": "Choose one"})
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label="I agree", help_text="At any time")
    key = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        if self.data.get("name") == "taken":
            raise forms.ValidationError("Somebody was first")


class LaidOut(Join):
    """The same with a helper and a layout."""

    helper = FormHelper()
    helper.layout = Layout(
        Fieldset("Who", "name", Row("minutes", "building")),
        Div("team", "days", css_class="two"),
        "note",
        "agree",
        "key",
        ButtonHolder(Submit("save", "Save")),
    )


@pytest.fixture
def refused() -> Join:
    return Join({"name": "<i>", "minutes": "1.5", "key": "k"})


def order(html: str, *marks: str) -> list[int]:
    return [html.index(mark) for mark in marks]


def test_label_hint_error_control_in_this_order() -> None:
    html = text(PLAIN, form=Join({"key": "k"}))
    where = order(
        html, '<label for="id_name">', 'id="id_name_helptext"', 'id="id_name_error"', '<input type="text" name="name"'
    )
    assert where == sorted(where)


def test_hint_and_error_are_read_with_the_control() -> None:
    html = text(PLAIN, form=Join({"key": "k"}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert re.search(r'<input[^>]*name="name"[^>]*aria-invalid="true"', html)
    assert re.search(r'<fieldset[^>]*aria-describedby="id_team_error"', html)


def test_attributes_pass_through_and_what_was_typed_stays(refused: Join) -> None:
    html = text(PLAIN, form=refused)
    assert 'autocomplete="name"' in html
    assert 'inputmode="numeric"' in html
    assert 'value="&lt;i&gt;"' in html
    assert 'value="1.5"' in html
    assert "As on &lt;b&gt;" in html


def test_the_summary_leads_to_each_field(refused: Join) -> None:
    html = text(PLAIN, form=refused)
    targets = re.findall(r'<li><a href="#([^"]+)">', html)
    assert targets == ["id_minutes", "id_team_0", "id_days_0", "id_building", "id_agree"]
    assert all(f'id="{target}"' in html for target in targets)
    assert 'role="alert"' in html
    assert 'tabindex="-1" autofocus' in html
    assert "5 things to put right" in html
    assert "有 5 处要改一下" in text(PLAIN, ZH, form=refused)


def test_general_sentences_get_the_field_s_name_and_own_ones_do_not(refused: Join) -> None:
    html = text(PLAIN, form=refused)
    assert ">Team: Please choose one.</a>" in html
    assert ">Choose one</a>" in html
    over = Join({"name": "a", "minutes": "800", "team": "a", "days": "1", "building": "1", "agree": "on", "key": "k"})
    assert "Minutes: At most 720, please." in text(PLAIN, form=over)


def test_refusals_of_the_whole_form_and_of_hidden_fields_are_shown() -> None:
    html = text(PLAIN, form=Join({"name": "taken", "team": "a", "days": "1", "building": "1", "agree": "on"}))
    assert "<li>Somebody was first</li>" in html
    assert "<li>Please fill this in.</li>" in html


def test_choices_are_rows_for_a_thumb() -> None:
    html = text(PLAIN, form=Join())
    assert html.count('class="pick"') == 4
    assert "<legend>Team</legend>" in html
    assert re.search(r'<label class="pick" for="id_agree"><input type="checkbox"[^>]*><span>I agree</span>', html)


def test_what_may_be_left_out_says_so() -> None:
    html = text(PLAIN, form=Join())
    assert html.count('class="optional"') == 2
    form = Join()
    form.mark_optional = False  # type: ignore[attr-defined]
    assert "optional" not in text(PLAIN, form=form)


def test_an_unbound_form_has_no_summary() -> None:
    assert "error-summary" not in text(PLAIN, form=Join())


def test_the_crispy_tag_draws_form_layout_and_buttons() -> None:
    html = text("{% load crispy_forms_tags %}{% crispy form %}", form=LaidOut({"key": "k"}), csrf_token="token")
    assert re.search(r'<form\s+method="post" novalidate>', html)
    assert 'name="csrfmiddlewaretoken"' in html
    assert '<legend class="rule">Who</legend>' in html
    assert 'class="button button--main">Save</button>' in html
    assert html.count('class="card error-summary') == 1
    assert all(html.count(f'name="{name}"') for name in Join.base_fields)


def test_one_field_alone() -> None:
    html = text("{% load crispy_forms_tags %}{{ form.name|as_crispy_field }}", form=Join())
    assert html.count("<input") == 1
    assert '<label for="id_name">' in html


def test_a_page_shows_the_summary_once_above_its_title_and_says_error_in_its_own(refused: Join) -> None:
    html = page("base.html", EN, size="standard", form=refused)
    assert html.count("error-summary prose") == 1
    assert "<title>Error: " in html
    assert "<title>错误：" in page("base.html", ZH, size="standard", form=Join({}))
    assert "error-summary prose" not in text(PLAIN, form=refused)  # the page has shown it
