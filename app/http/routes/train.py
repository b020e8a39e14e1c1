"""`/train`: trainings, for the admin."""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Body, Header, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, ValidationError
from starlette.convertors import StringConvertor, register_url_convertor

from app.http.auth import AdminRoute, admin_router
from app.http.errors import AdminDisabled, BodyTooLarge, EncodedBody, Unauthorized, UnsupportedMediaType
from app.http.formats import NO_STORE, json_response
from app.http.forms import read_form
from app.http.job_answers import STREAM_HEADERS, EventStream, job_response, summary_to_json
from app.http.openapi import NEW_JOB_EXAMPLE, form_of, refusals, text_content
from app.jobs.errors import JobEnded, LossPlotFailed, UnknownJob
from app.jobs.service import TrainingService
from app.schemas.fields import UNKNOWN_FIELD, NoQuery, shorten
from app.schemas.jobs import ID, JobAnswer, JobsAnswer
from app.schemas.like import ELVES
from app.schemas.train import KEY_LENGTH, ListQuery, TrainFields, check_key, train_bodies
from app.serving.errors import Busy, UnknownModel, UnknownVersion
from app.settings import Settings
from app.store.errors import KeyReused, QueueFull, StoreAway, UnreadableJob
from model.errors import BadCorpus

ADMIN = (Unauthorized, AdminDisabled, RequestValidationError, StoreAway)
JOB = (*ADMIN, UnknownJob, UnreadableJob)
ORDER = (
    *ADMIN,
    BadCorpus,
    KeyReused,
    UnknownModel,
    UnknownVersion,
    UnsupportedMediaType,
    EncodedBody,
    QueueFull,
    Busy,
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


class JobConvertor(StringConvertor):
    """Any id but `upload`, a path of its own, which would else seem to have the methods of a training."""

    regex = "(?!upload$)[^/]+"


register_url_convertor("job", JobConvertor())

JobId = Annotated[
    str,
    Path(description="Of the training.", examples=[ID]),
    AfterValidator(shorten),  # no id is so long, and a refusal repeats it
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


class PrivateRoute(AdminRoute):
    """Reports what is wrong without repeating what may be from a private list: values, and names of unknown fields."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of a request, with refusals that repeat nothing of it."""
        answer = super().get_route_handler()

        async def discreet(request: Request) -> Response:
            try:
                return await answer(request)
            except RequestValidationError as error:
                is_order = request.method == "POST"
                wrong = [without_names(one, is_order=is_order) for one in error.errors()]
                raise RequestValidationError(wrong) from None

        return discreet


def without_names(wrong: Mapping[str, Any], *, is_order: bool) -> dict[str, Any]:
    """What is wrong with a field, without its value, and in an order without its name where there is no such field."""
    reported = {name: value for name, value in wrong.items() if name != "input"}
    if is_order and wrong["type"] == "unknown_field":
        reported["loc"] = (wrong["loc"][0], UNKNOWN_FIELD)
    return reported


def router(settings: Settings) -> APIRouter:
    """The paths, with requests within the bounds of `settings`."""
    routes = admin_router("training", PrivateRoute)
    TrainRequest, TrainUpload = train_bodies(settings)
    order = refusals(*ORDER, BodyTooLarge(settings.max_upload_bytes)) | ACCEPTED
    defaults = TrainRequest.model_validate({})
    examples = {
        "a list of names": {"value": {"model": "elves", "names": ELVES}},
        "the default model, again": {"value": {}},
    }

    @routes.post(
        "/train/upload",
        operation_id="train_on_file",
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

        The file is UTF-8 text: one name a line, a table with or without a header (CSV, or divided by semicolons or
        tabs), all names in one line with commas between, or JSON. It is checked at once, as with `POST /train`; where
        it is not clear what the names are, it is refused with what to do.
        """
        fields, file = await read_form(request, TrainUpload)
        try:
            training = TrainUpload.model_validate(fields)
        except ValidationError as error:
            wrong = [one | {"loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
            raise RequestValidationError(wrong) from None
        return await submit(request, training, file, idempotency_key)

    @routes.post(
        "/train",
        operation_id="train",
        status_code=202,
        summary="Train a model",
        response_model=JobAnswer,
        response_description="The training, which waits for a worker",
        responses=order,
    )
    async def post_train(
        request: Request,
        _: Annotated[NoQuery, Query()],
        training: Annotated[TrainRequest, Body(openapi_examples=examples)] = defaults,  # type: ignore[valid-type]
        idempotency_key: IdempotencyKey = "",
    ) -> Response:
        """Train a model on a list of names, and publish it as the next version of its name.

        The list is checked at once: what is wrong with it is refused, and what may be is in the `report` of the
        answer. Then `GET /train/{id}` and `/train/{id}/events` tell how it goes. Without a body, the default model is
        trained again on the list that it came from.
        """
        return await submit(request, training, None, idempotency_key)

    @routes.get(
        "/train",
        summary="List the trainings",
        response_model=JobsAnswer,
        response_description="The trainings, newest first",
        responses=refusals(*ADMIN),
    )
    async def list_trainings(request: Request, query: Annotated[ListQuery, Query()]) -> Response:
        """Trainings, newest first, a page at a time."""
        page = await jobs(request).list(query.state, query.limit, query.before)
        following = None
        if page.has_more:
            state = {"state": query.state} if query.state else {}
            following = f"/train?{urlencode(state | {'limit': query.limit, 'before': page.jobs[-1].id})}"
        answer = {"jobs": [summary_to_json(job) for job in page.jobs], "next": following}
        return json_response(answer, headers=NO_STORE)

    @routes.get(
        "/train/{id:job}",
        summary="Show a training",
        response_model=JobAnswer,
        response_description="The training",
        responses=refusals(*JOB),
    )
    async def show_training(request: Request, id: JobId) -> Response:  # noqa: A002
        """One training: how far it is, its loss curve, the report on its list, and what came of it."""
        return job_response(await jobs(request).find(id))

    @routes.get(
        "/train/{id:job}/events",
        summary="Follow a training",
        response_class=Response,
        response_description="What is new, as it comes, until the training ends",
        responses=refusals(*JOB, Busy)
        | {200: {"content": text_content("text/event-stream", EVENTS)}, 204: {"description": "Nothing is new"}},
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
        subscription = await jobs(request).follow(id, last_event_id)
        if subscription is None:
            return Response(status_code=HTTPStatus.NO_CONTENT, headers=STREAM_HEADERS)  # a browser stops coming back
        return EventStream(subscription)

    @routes.get(
        "/train/{id:job}/loss.png",
        summary="Draw the loss curve",
        response_class=Response,
        response_description="The loss curve so far",
        responses=refusals(*JOB, LossPlotFailed, Busy)
        | {200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def draw_loss(request: Request, id: JobId) -> Response:  # noqa: A002
        """The loss on the training names and on the validation names, by steps, as a picture.

        A short list is learned several times: with some names held out, to find out for how long, and then whole. Lines
        with labels show where each run begins.
        """
        return Response(await jobs(request).draw_loss(id), headers=NO_STORE, media_type="image/png")

    @routes.post(
        "/train/{id:job}/cancel",
        summary="Cancel a training",
        response_model=JobAnswer,
        response_description="The training, cancelled",
        responses=refusals(*JOB, JobEnded),
    )
    async def cancel_training(request: Request, id: JobId) -> Response:  # noqa: A002
        """End a training that waits or runs; its list is deleted, and what is in service stays there."""
        return job_response(await jobs(request).cancel(id))

    return routes


def jobs(request: Request) -> TrainingService:
    """The trainings of the service."""
    training: TrainingService = request.app.state.training
    return training


async def submit(request: Request, training: TrainFields, file: bytes | None, idempotency_key: str) -> Response:
    """Queue a training, and answer with its job."""
    job, is_new = await jobs(request).submit(training, file, idempotency_key or None)
    replayed = {} if is_new else {"Idempotency-Replayed": "true"}
    return job_response(job, HTTPStatus.ACCEPTED, {"Location": f"/train/{job.id}"} | replayed)
