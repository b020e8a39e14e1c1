"""The models in service as the options of a form, by language, in words for people."""

from __future__ import annotations

from html import escape
from itertools import groupby

from app.http.language_tags import language_tag
from app.schemas.sample import ModelsQuery
from app.serving.descriptions import Choices
from app.serving.people import languages_of_full_names
from app.serving.snapshots import Models, Served, Unloaded
from model.artifact.card import Card

UNSAID = {"girls": "girls", "boys": "boys", "given": "given names", "surnames": "surnames", "places": "places"}
"""Kinds of names, as words for a model whose name does not say its own."""


class ModelOptions:
    """The options; those of a snapshot of the models are made once."""

    def __init__(self) -> None:
        self._made: tuple[Models | None, str, str] = (None, "", "")

    def show(self, models: Models, chosen: str) -> dict[str, object]:
        """The page's fields: the options with one chosen, its label, and the languages of full names."""
        known, options, languages = self._made
        if known is not models:
            options = _options_of(models)
            languages = _languages_of(models)
            self._made = models, options, languages
        value = f'value="{escape(chosen)}"'
        kind = card.description.kind if (card := card_of(models, chosen)) else ""
        return {
            "models": options.replace(value, f"{value} selected", 1),
            "model_label": escape(label_of(chosen, kind)),
            "languages": languages,
        }


def card_of(models: Models, name: str) -> Card | None:
    """The card of the version in service; None where there is none."""
    model = models.by_name.get(name)
    return model.champion.card if model and model.champion else None


def label_of(name: str, kind: str = "") -> str:
    """A model's name for people: `anglo-irish-girls` is "Anglo irish girls", `us` "US given names"."""
    words = name.replace("-", " ").replace("_", " ").split()
    words += UNSAID.get(kind, "").split() if kind not in words else []
    return " ".join("US" if word == "us" else word if at else word.capitalize() for at, word in enumerate(words))


def _options_of(models: Models) -> str:
    versions = models.in_service()
    ordered = Choices.of(versions).select(versions, ModelsQuery())
    return "".join(
        f'<optgroup label="{escape(language or "Other")}">{"".join(map(_option, members))}</optgroup>'
        for language, members in groupby(ordered, key=lambda one: one.card.description.language)
    )


def _languages_of(models: Models) -> str:
    default = card_of(models, models.default)
    spoken = default.description.language if default else ""
    languages = languages_of_full_names(models)
    return "".join(f"<option{' selected' if one == spoken else ''}>{escape(one)}</option>" for one in languages)


def _option(version: Served | Unloaded) -> str:
    described = version.card.description
    return (
        f'<option value="{escape(version.name)}" data-kind="{escape(described.kind)}" '
        f'data-script="{escape(described.script)}" lang="{language_tag(described.language)}">'
        f"{escape(label_of(version.name, described.kind))}</option>"
    )
