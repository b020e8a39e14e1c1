"""The client knows what the service takes and answers, field by field, and needs nothing but httpx."""

from __future__ import annotations

import ast
import sys
from dataclasses import fields
from typing import Any, get_type_hints

import namewright_client
import pytest
from namewright_client import answers, errors, options
from namewright_client.decoding import KEY
from namewright_client.name_lines import StreamEnd

from app.http.streaming import KNOWN_AFTER
from app.main import create_app
from app.settings import Settings
from model import __version__
from tests.support.checkout import ROOT

PACKAGE = ROOT / "client" / "namewright_client"
ANSWERS: dict[str, type] = {
    "Advice": answers.Advice,
    "AliasChange": answers.AliasChange,
    "CastMember": answers.CastMember,
    "DeletedModel": answers.DeletedModel,
    "ExplainAnswer": answers.Explanation,
    "ExplainStep": answers.ExplanationStep,
    "FullNameParts": answers.FullNameParts,
    "JobAnswer": answers.Job,
    "JobLoss": answers.JobLoss,
    "JobProgress": answers.JobProgress,
    "JobRequest": answers.JobRequest,
    "JobSummary": answers.JobSummary,
    "LetterScore": answers.LetterScore,
    "LossPoint": answers.LossPoint,
    "ModelAnswer": answers.Model,
    "ModelLikeness": answers.ModelLikeness,
    "ModelSummary": answers.ModelSummary,
    "ModelsAnswer": answers.Models,
    "NameScore": answers.NameScore,
    "NearName": answers.NearName,
    "NextLetter": answers.NextLetter,
    "OtherLetter": answers.OtherLetter,
    "ReportAnswer": answers.Report,
    "SampleAnswer": answers.Names,
    "ScoreAnswer": answers.Scores,
    "SkippedNames": answers.SkippedNames,
    "WrongField": errors.WrongField,
}
OPTIONS: dict[str, type] = {
    "Part": options.PartOptions,
    "Parts": options.PartsOptions,
    "SampleRequest": options.SampleOptions,
    "SeededNames": options.SeededNames,
    "TrainRequest": options.TrainOptions,
    "TrainUpload": options.FileOptions,
}
ELSEWHERE = {"SampleRequest": {"format", "bom"}, "TrainRequest": {"model"}, "TrainUpload": {"model", "file"}}
"""Fields that methods have parameters of their own for, or that suit no client in Python."""


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = create_app(Settings()).openapi()["components"]["schemas"]
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_have_the_fields_that_the_service_sends(schemas: dict[str, Any], name: str) -> None:
    sent = {field for field, entry in schemas[name]["properties"].items() if not entry.get("deprecated")}
    assert {one.metadata.get(KEY, one.name) for one in fields(ANSWERS[name])} == sent


@pytest.mark.parametrize("name", ANSWERS)
def test_what_may_be_null_is_typed_so(schemas: dict[str, Any], name: str) -> None:
    types = get_type_hints(ANSWERS[name])
    for one in fields(ANSWERS[name]):
        sent = schemas[name]["properties"][one.metadata.get(KEY, one.name)]
        may_be_null = {"type": "null"} in sent.get("anyOf", [])
        assert may_be_null is (type(None) in getattr(types[one.name], "__args__", ())), one.name


@pytest.mark.parametrize("name", OPTIONS)
def test_options_are_the_fields_that_the_service_takes(schemas: dict[str, Any], name: str) -> None:
    taken = schemas[name]["properties"].keys() - ELSEWHERE.get(name, set())
    assert {"from" if one == "parent" else one for one in get_type_hints(OPTIONS[name])} == taken


def test_the_end_of_a_stream_has_what_the_service_sends() -> None:
    assert {one.name for one in fields(StreamEnd)} == {"names", *KNOWN_AFTER}


def test_it_has_the_version_of_the_service() -> None:
    assert namewright_client.__version__ == __version__


def test_it_needs_httpx_and_nothing_else() -> None:
    imported = {
        name.partition(".")[0]
        for path in PACKAGE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"httpx", "namewright_client"}
