"""The recurring pieces, as a browser or a screen reader gets them."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import wtforms
from flask import Flask, g
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms.validators import DataRequired, Optional

from budget_app import create_app
from budget_app.presentation import dates
from budget_app.rounds.models import PhaseKind, Stage, StageState
from budget_app.settings import Settings

NOW = datetime(2027, 5, 14, 12, 0, tzinfo=UTC)


class Questions(FlaskForm):
    name = wtforms.StringField("Name", description="Short.", validators=[DataRequired("Say it.")])
    style = wtforms.RadioField("Style", choices=["a", "b"], validators=[DataRequired("Choose.")])
    note = wtforms.StringField("Note", validators=[Optional()])


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return create_app(
        Settings(instance_path=tmp_path_factory.mktemp("instance"), embedded_worker=False)
    )


@pytest.fixture
def show(pages: Flask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dates, "now", lambda: NOW)

    def render(file: str, call: str, **values: object) -> str:
        name = call.partition("(")[0]
        source = f'{{% from "components/{file}.html" import {name} %}}{{{{ {call} }}}}'
        with pages.test_request_context("/en/valdoria/"):
            g.language = "en"
            g.parliament = SimpleNamespace(
                currency="EUR", minor_digits=2, languages=["en"], names={}, timezone="UTC"
            )
            if "form" in values:
                values["form"] = values["form"]()
                values["form"].validate()
            return pages.jinja_env.from_string(source).render(**values)

    return render


def answers() -> Questions:
    return Questions(formdata=MultiDict({"name": ""}), meta={"csrf": False})


def test_an_error_is_tied_to_its_field(show) -> None:
    page = show("forms", "field(form.name)", form=answers)
    described = re.search(r'aria-describedby="([^"]*)"', page)
    assert described is not None
    assert described[1].split() == ["name-help", "name-error"]
    assert all(f'id="{id_}"' in page for id_ in described[1].split())
    assert 'aria-invalid="true"' in page
    assert '<label for="name">' in page


def test_every_line_of_the_summary_leads_to_a_control(show) -> None:
    summary = show("forms", "error_summary(form, 'x-')", form=answers)
    fields = show("forms", "field(form.name, prefix='x-')", form=answers)
    fields += show("forms", "field(form.style, prefix='x-')", form=answers)
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert targets == ["x-name", "x-style-0"]
    assert all(f'id="{target}"' in fields for target in targets)
    assert ">Name: Say it.</a>" in summary
    assert ">Style: Choose.</a>" in summary


def test_a_form_without_errors_shows_no_summary(show) -> None:
    def untouched() -> SimpleNamespace:
        return SimpleNamespace(errors={}, validate=lambda: True)

    assert show("forms", "error_summary(form)", form=untouched).strip() == ""


@pytest.mark.parametrize(
    ("chosen", "words"), [(190, "€1.10 left"), (340, "€0.40 over the budget"), (300, "€0 left")]
)
def test_the_budget_bar_says_in_words_what_it_draws(show, chosen: int, words: str) -> None:
    assert words in show("budget", f"budget_bar(300, {chosen})")


def test_the_budget_bar_never_draws_beyond_its_end(show) -> None:
    page = show("budget", "budget_bar(300, 290, considered=200)")
    widths = [int(width) for width in re.findall(r'width="(\d+)"', page)]
    assert widths[0] == 1000
    assert sum(widths[1:]) <= 1000


def test_the_stage_line_says_each_state_in_a_word(show) -> None:
    def stage(kind: PhaseKind, days: int, state: StageState) -> Stage:
        start = NOW + timedelta(days=days)
        return Stage(kind, start, start + timedelta(days=10), state)

    stages = [
        stage(PhaseKind.PROPOSING, -30, StageState.DONE),
        stage(PhaseKind.VOTING, -3, StageState.NOW),
        stage(PhaseKind.COUNTING, 8, StageState.NEXT),
    ]
    page = show("stages", "stage_line(stages)", stages=stages)
    assert "(Done)" in page
    assert "Now: 7 days left" in page
    assert "(To come)" in page
    line, list_ = page.split("<details")
    assert line.count('aria-current="step"') == list_.count('aria-current="step"') == 1
    assert "phase 2 of 3" in list_


@pytest.mark.parametrize("kind", [PhaseKind.COUNTING, PhaseKind.AUDIT, PhaseKind.DELIVERY])
def test_where_nobody_can_do_anything_more_the_stage_line_counts_no_days(
    show, kind: PhaseKind
) -> None:
    stages = [Stage(kind, NOW, NOW + timedelta(days=10), StageState.NOW)]
    page = show("stages", "stage_line(stages)", stages=stages)
    assert "days left" not in page
    assert page.count('aria-current="step"') == 2
    assert "until" in page


def test_a_table_row_names_its_cells_for_narrow_screens(show) -> None:
    call = "data_table('Votes', [('District', 'text'), ('Votes', 'number')], [['North', '12']])"
    page = show("tables", call)
    assert '<th scope="row" role="rowheader">North</th>' in page
    assert 'data-label="Votes"' in page
    assert "<caption>Votes</caption>" in page


def test_a_small_list_leaves_out_what_is_not_told_and_names_a_sum_once(show) -> None:
    columns = "[('What', 'text'), ('How many', 'number'), ('In all', 'number')]"
    call = f"data_table('Costs', {columns}, [['Boat', '–', '5']], footer=['In all', '', '5'])"
    page = show("tables", call)
    assert 'class="number data-nothing">–' in page
    assert page.count('data-label="In all"') == 1


def test_a_verdict_is_a_word_and_a_reason(show) -> None:
    page = show("projects", "verdict_ribbon('not_funded', 'It needed 412 more votes.')")
    assert "Not funded" in page
    assert "It needed 412 more votes." in page
