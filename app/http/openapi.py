"""The OpenAPI document: what refusals, a form and a new training look like."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from app.http import errors as edge
from app.http.problems import MEDIA_TYPE, problem_of
from app.jobs import errors as jobs
from app.schemas.answers import Problem
from app.schemas.fields import KnownFields
from app.serving import errors as serving
from app.settings import Settings
from app.store import errors as store
from model import errors as model

SCHEMA = "#/components/schemas/{model}"
PROBLEM = SCHEMA.format(model=Problem.__name__)
NEW_JOB_EXAMPLE = "#/components/examples/NewJob"
FORM = "multipart/form-data"

_INSTANCES: tuple[Exception, ...] = (
    RequestValidationError(
        [
            {
                "type": "greater_than_equal",
                "loc": ("query", "count"),
                "msg": "Input should be greater than or equal to 1",
                "input": "0",
            }
        ]
    ),
    edge.Unauthorized(is_token_sent=False),
    edge.AdminDisabled(),
    edge.BodyTooLarge(Settings.model_fields["max_body_bytes"].default),
    edge.QueryTooLong(8192),
    edge.NotAcceptable(["application/json", "text/csv"]),
    edge.UnsupportedMediaType(),
    edge.EncodedBody(),
    serving.UnknownModel("elves", ("us", "us-seed")),
    serving.UnknownVersion("elves", 9, (1, 2)),
    serving.OutOfService("elves", (1, 2)),
    serving.UnknownValue("language", "Elvish", ("English", "Icelandic")),
    serving.DamagedVersion("elves", 2),
    serving.DefaultModel("us"),
    serving.PrivateList("elves"),
    serving.UnknownStyle("style:0f3a"),
    serving.LikeDisabled("the operator has turned it off"),
    serving.Busy(),
    jobs.UnknownJob("0123abcd"),
    jobs.JobEnded("succeeded"),
    jobs.LossPlotFailed("0123abcd"),
    store.StoreAway("the database cannot be reached"),
    store.QueueFull(Settings.model_fields["max_queue"].default),
    store.KeyReused(),
    store.UnreadableJob("0123abcd", "its state or its request is none"),
    store.VersionInService("elves", 3),
    store.TrainingUnfinished("elves", ("0123abcd",)),
    model.UnknownLetter(("é",), ("a", "b", "c")),
    model.BadCorpus(
        "this is no name, and neither is any other line (3 of 3 with a symbol that is not part of names); "
        "give one name a line, in letters, or in the first column of a table",
        line=1,
        source="elves",
    ),
    model.Unsatisfiable("no name can meet suffix and max_length 2 together", ("suffix", "max_length")),
)
EXAMPLES = {type(error): error for error in _INSTANCES}
"""An instance of each exception that the documentation shows."""


class DocumentedAPI(FastAPI):
    """An application whose OpenAPI document has the schema of refusals and an example of a new training."""

    def openapi(self) -> dict[str, Any]:
        """The document, made when it is first asked for."""
        from app.schemas.jobs import NEW_JOB  # which no start needs

        document = super().openapi()
        problem = Problem.model_json_schema(ref_template=SCHEMA)
        # the framework would leave out what is null in an example
        document["components"]["examples"] = {"NewJob": {"summary": "A training that waits", "value": NEW_JOB}}
        document["components"]["schemas"] |= {**problem.pop("$defs"), Problem.__name__: problem}
        _name_forms(document)
        return document


def _name_forms(document: dict[str, Any]) -> None:
    """Move the schemas of forms to the others, under their titles, so that generated clients have names for them."""
    for methods in document["paths"].values():
        for operation in methods.values():
            form = operation.get("requestBody", {}).get("content", {}).get(FORM)
            if form and "title" in form["schema"]:
                name = form["schema"]["title"]
                document["components"]["schemas"][name] = form["schema"]
                form["schema"] = {"$ref": SCHEMA.format(model=name)}


def text_content(media_type: str, example: str) -> dict[str, Any]:
    """The `content` of an answer in text of a media type."""
    return {media_type: {"schema": {"type": "string"}, "example": example}}


def operation_id(route: APIRoute) -> str:
    """The name of an operation to generated clients: that of its function, where the route gives no other."""
    return route.name


def refusals(*errors: type[Exception] | Exception) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a path: one for each status, with the body of each exception as an example.

    Their schema is a reference, which `DocumentedAPI` defines: as a model of its own for each status of each path, it
    would slow the start of the service.
    """
    documented: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        problem = problem_of(EXAMPLES[error] if isinstance(error, type) else error)
        kind = problem.kind
        answer = documented.setdefault(
            kind.status,
            {"description": kind.title, "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM}, "examples": {}}}},
        )
        answer["content"][MEDIA_TYPE]["examples"][kind.slug] = {"summary": kind.title, "value": problem.body}
    return documented


def form_of(fields: type[KnownFields]) -> dict[str, Any]:
    """A form with a file and these fields, as OpenAPI has it, filled in with the defaults."""
    schema = fields.model_json_schema()
    properties = {"file": {"type": "string", "format": "binary", "description": "The list of names."}}
    for name, field in schema["properties"].items():
        kinds = [kind for kind in field.pop("anyOf", ()) if kind != {"type": "null"}]
        if name == "model":
            field["description"] = "Name to publish the model under."
        else:
            del field["examples"]
            if field["default"] is None:
                field["examples"] = [""]  # a browser would fill in any other, and send it
        known = {key: value for key, value in field.items() if value is not None}
        properties[name] = known | (kinds[0] if kinds else {})
    described = {"type": "object", "title": schema["title"], "required": ["file", "model"], "properties": properties}
    return {"required": True, "content": {FORM: {"schema": described}}}
