"""The page for people: names are in it when it opens, and a form for others works without JavaScript.

The form's query has the fields of ``GET /sample``, but for `daring`, which stands for temperature and top-p. Where
scripts run, the page draws over the API instead, and keeps what was asked in the fragment of its address, which no log
has.
"""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import Request, Response

from app.http.assets import PageFiles
from app.http.clients import client_of
from app.http.compression import compress
from app.http.direct import REFUSALS
from app.http.language_tags import UNKNOWN, language_tag
from app.http.model_options import ModelOptions, card_of
from app.http.people_form import FIELDS, PeopleForm
from app.http.problems import Problem, problem_of
from app.serving.generator import Generator
from app.serving.registry import ModelRegistry
from app.serving.results import SampleResult
from app.serving.snapshots import Models
from app.settings import Settings

NO_NAMES = {"names": "", "drawn": "", "language": UNKNOWN, "problem": "", "shortfall": ""}
HIDDEN = {"problem_hidden": " hidden", "shortfall_hidden": " hidden"}


class PeoplePage:
    """Answers ``GET /`` of a browser.

    Parameters
    ----------
    html
        Template of the page.
    files, path
        What it loads, and where that is served.
    settings
        Bounds of what can be asked for.
    """

    def __init__(self, html: str, files: PageFiles, path: str, settings: Settings) -> None:
        self._page = files.page(html, path)
        self._form, self._options = PeopleForm(settings), ModelOptions()

    async def __call__(self, request: Request) -> Response:
        """The page with names, or with what is wrong with the request."""
        pairs = parse_qsl(request.scope["query_string"].decode("latin-1"))
        asked = {name: text.strip() for name, text in pairs if name in FIELDS and text.strip()}
        registry: ModelRegistry = request.app.state.registry
        models = registry.models
        chosen = asked.get("model", models.default).partition("@")[0]
        fields = self._form.show(asked) | self._options.show(models, chosen)
        status, headers = HTTPStatus.OK.value, dict(self._page.headers)
        try:
            generator: Generator = request.app.state.generator
            result = await generator.sample(self._form.read(asked), is_admin=False, client=client_of(request))
            fields |= _names(result, models)
        except REFUSALS as error:
            problem = problem_of(error)
            status, headers = problem.kind.status, headers | dict(problem.headers)
            fields |= _problem(problem)
        return compress(request, Response(self._page.template.substitute(fields), status, headers, "text/html"))


def _names(result: SampleResult, models: Models) -> dict[str, str]:
    card = card_of(models, result.model)
    facts = {"version": result.version, "seed": result.seed}
    shown = NO_NAMES | HIDDEN
    shown["names"] = "".join(f'<li><span class="name" dir="auto">{escape(name)}</span></li>' for name in result.names)
    shown["drawn"] = "".join(f' data-{name}="{escape(str(fact))}"' for name, fact in facts.items())
    shown["language"] = language_tag(card.description.language) if card else UNKNOWN
    if result.shortfall:
        shown |= {"shortfall": escape(f"{result.shortfall}."), "shortfall_hidden": ""}
    return shown


def _problem(problem: Problem) -> dict[str, str]:
    return NO_NAMES | HIDDEN | {"problem": escape(f"{problem.kind.title}: {problem.detail}."), "problem_hidden": ""}
