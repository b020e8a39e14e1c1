"""`/train`: trainings, for the admin."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field, ValidationError

from app.http import problems
from app.http.auth import AdminRoute, admin_router
from app.http.forms import read_form
from app.http.openapi import refusals, too_large
from app.http.pages import NEW_JOB_EXAMPLE
from app.jobs.service import TrainingService
from app.schemas.jobs import JOB, JobAnswer, JobsAnswer
from app.schemas.sample import KnownFields, NoQuery
from app.schemas.train import ELVES, KEY_LENGTH, JobState, check_key, train_bodies
from app.settings import Settings

LARGE = ("/train", "/train/upload")
"""Paths whose bodies hold lists of names."""

ADMIN = (problems.UNAUTHORIZED, problems.ADMIN_DISABLED, problems.INVALID_REQUEST, problems.NO_DATABASE)
ORDER = (
    *ADMIN,
    problems.BAD_CORPUS,
    problems.UNKNOWN_LETTER,
    problems.KEY_REUSED,
    problems.UNKNOWN_MODEL,
    problems.UNKNOWN_VERSION,
    problems.TOO_LARGE,
    problems.UNSUPPORTED_MEDIA_TYPE,
    problems.QUEUE_FULL,
    problems.OVER_CAPACITY,
)
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "content": {"application/json": {"examples": {"new": {"$ref": NEW_JOB_EXAMPLE}}}},
        "headers": {
            "Location": {"description": "Where the training is.", "schema": {"type": "string"}},
            "Idempotency-Replayed": {
                "description": "`true` where the request was sent before.",
                "schema": {"type": "string"},
            },
        },
    }
}
EVENTS = """\
id: 7-540-running
event: progress
data: {"id":"6f1e...","state":"running","progress":{...},"loss":{"train":2.31,"held_out":2.45,"history":[...]}}

id: 8-600-succeeded
event: state
data: {"id":"6f1e...","model":"elves","state":"succeeded",...}

"""

JobId = Annotated[
    str,
    Path(description="Of the training.", examples=[JOB["id"]]),
    AfterValidator(problems.shorten),  # no id is so long, and a refusal repeats it
]
IdempotencyKey = Annotated[
    str,
    Header(
        max_length=KEY_LENGTH,
        description="A word of your own, such as `elves-2026-11-23`: the same key with the same request is the same "
        "training, however often it is sent.",
        examples=[""],
    ),
    AfterValidator(check_key),
]


class ListQuery(KnownFields):
    """Which trainings to list."""

    state: JobState | None = Field(None, description="Only those in this state.", examples=["running"])
    limit: int = Field(20, ge=1, le=100, description="Most that one page has.", examples=[20])
    before: str | None = Field(
        None,
        max_length=100,
        description="Only those before this one; `next` of an answer has it.",
        examples=[None],
    )


class PrivateRoute(AdminRoute):
    """Tells what is wrong with a request without repeating what stands there: it may be from a private list."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request, and forgets what it was when it is refused."""
        answer = super().get_route_handler()

        async def discreet(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as error:
                raise RequestValidationError(without_input(error.errors())) from None

        return discreet


def without_input(errors: Any) -> list[dict[str, Any]]:
    """What was wrong, and not what stood there."""
    return [{name: told for name, told in wrong.items() if name != "input"} for wrong in errors]


def router(settings: Settings) -> APIRouter:
    """The paths, with requests within the bounds of `settings`."""
    routes = admin_router("training", PrivateRoute)
    TrainRequest, TrainUpload = train_bodies(settings)
    order = refusals(*ORDER, others={problems.TOO_LARGE: too_large(settings.max_upload_bytes)}) | ACCEPTED
    defaults = TrainRequest.model_validate({})
    examples = {
        "a list of names": {"value": {"model": "elves", "names": ELVES}},
        "the default model, again": {"value": {}},
    }

    @routes.post(
        "/train/upload",
        status_code=202,
        summary="Train a model on a file",
        response_model=JobAnswer,
        response_description="The training, which waits for a worker",
        responses=order,
        openapi_extra={"requestBody": form_of(TrainUpload)},
    )
    async def post_train_upload(
        request: Request, _: Annotated[NoQuery, Query()], idempotency_key: IdempotencyKey = ""
    ) -> Response:
        """Train a model on a file of names, and publish it as the next version of its name.

        The file is UTF-8 text: one name a line, or a table of which the first column has the names and the second
        perhaps how many bear them. It is looked over at once, as with `POST /train`.
        """
        fields, file = await read_form(request)
        try:
            asked = TrainUpload.model_validate(fields)
        except ValidationError as error:
            wrong = [told | {"loc": ("body", *told["loc"])} for told in error.errors(include_url=False)]
            raise RequestValidationError(wrong) from None
        return await jobs(request).submit(asked, file, idempotency_key or None)

    @routes.post(
        "/train",
        status_code=202,
        summary="Train a model",
        response_model=JobAnswer,
        response_description="The training, which waits for a worker",
        responses=order,
    )
    async def post_train(
        request: Request,
        _: Annotated[NoQuery, Query()],
        asked: Annotated[TrainRequest, Body(openapi_examples=examples)] = defaults,  # type: ignore[valid-type]
        idempotency_key: IdempotencyKey = "",
    ) -> Response:
        """Train a model on a list of names, and publish it as the next version of its name.

        The list is looked over at once: what is wrong with it is refused, and what may be is in the `report` of the
        answer. Then `GET /train/{id}` and `/train/{id}/events` tell how it goes. Without a body, the default model is
        trained anew on the list that it came from.
        """
        return await jobs(request).submit(asked, None, idempotency_key or None)

    @routes.get(
        "/train",
        summary="List the trainings",
        response_model=JobsAnswer,
        response_description="The trainings, newest first",
        responses=refusals(*ADMIN),
    )
    async def list_trainings(request: Request, query: Annotated[ListQuery, Query()]) -> Response:
        """Trainings, newest first, a page at a time."""
        return await jobs(request).list(query.state, query.limit, query.before)

    @routes.get(
        "/train/{id}",
        summary="Show a training",
        response_model=JobAnswer,
        response_description="The training",
        responses=refusals(*ADMIN, problems.UNKNOWN_JOB),
    )
    async def show_training(request: Request, id: JobId) -> Response:  # noqa: A002
        """One training: how far it is, its loss curve, the report on its list, and what came of it."""
        return await jobs(request).show(id)

    @routes.get(
        "/train/{id}/events",
        summary="Follow a training",
        response_class=Response,
        response_description="What is new, as it comes, until the training ends",
        responses=refusals(*ADMIN, problems.UNKNOWN_JOB, problems.OVER_CAPACITY)
        | {200: {"content": {"text/event-stream": {"example": EVENTS}}}, 204: {"description": "All of it was told"}},
    )
    async def follow_training(
        request: Request,
        id: JobId,  # noqa: A002
        last_event_id: Annotated[
            str,
            Header(
                description="The id of the last event that came, such as `7-540-running`; the stream begins after it.",
                examples=[""],
            ),
        ] = "",
    ) -> Response:
        """Server-sent events: `progress` with the new points of the loss curve, and `state` with the whole training.

        The last event is a `state`; then the stream ends. With curl: `curl -N -H "Authorization: Bearer ..." URL`.
        """
        return await jobs(request).follow(id, last_event_id)

    @routes.get(
        "/train/{id}/loss.png",
        summary="Draw the loss curve",
        response_class=Response,
        response_description="The loss curve so far",
        responses=refusals(*ADMIN, problems.UNKNOWN_JOB, problems.CANNOT_DRAW, problems.OVER_CAPACITY)
        | {200: {"content": {"image/png": {}}}},
    )
    async def draw_loss(request: Request, id: JobId) -> Response:  # noqa: A002
        """The loss on the training names and on the validation names, by steps, as a picture."""
        return await jobs(request).draw_loss(id)

    @routes.post(
        "/train/{id}/cancel",
        summary="Cancel a training",
        response_model=JobAnswer,
        response_description="The training, cancelled",
        responses=refusals(*ADMIN, problems.UNKNOWN_JOB, problems.JOB_ENDED),
    )
    async def cancel_training(request: Request, id: JobId) -> Response:  # noqa: A002
        """End a training that waits or runs; its list is deleted, and what is in service stays there."""
        return await jobs(request).cancel(id)

    return routes


def jobs(request: Request) -> TrainingService:
    """The trainings of the service."""
    training: TrainingService = request.app.state.training
    return training


def form_of(fields: type[KnownFields]) -> dict[str, Any]:
    """A form with a file and these fields, as OpenAPI has it: what is filled in is what holds by default."""
    schema = fields.model_json_schema()
    properties = {"file": {"type": "string", "format": "binary", "description": "The list of names."}}
    for name, told in schema["properties"].items():
        kinds = [kind for kind in told.pop("anyOf", ()) if kind != {"type": "null"}]
        if name == "model":
            told["description"] = "Name to publish the model under."
        else:
            del told["examples"]
            if told["default"] is None:
                told["examples"] = [""]  # a browser would fill in any other, and send it
        properties[name] = {key: value for key, value in told.items() if value is not None} | (
            kinds[0] if kinds else {}
        )
    described = {"type": "object", "title": schema["title"], "required": ["file", "model"], "properties": properties}
    return {"required": True, "content": {"multipart/form-data": {"schema": described}}}
