"""`/sample`: names."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from app.http.auth import is_admin
from app.http.clients import client_of
from app.http.direct import QueryPath, QueryRoute
from app.http.errors import BodyTooLarge, EncodedBody, InvalidField, NotAcceptable, QueryTooLong, UnsupportedMediaType
from app.http.formats import FACTS, LEFT_OUT, MEDIA_TYPES, encode_sample, negotiate
from app.http.openapi import refusals, text_content
from app.http.streaming import StreamedNames
from app.schemas.answers import NAMES, SampleAnswer
from app.schemas.fields import NoQuery
from app.schemas.formats import HELD_WHOLE, Format
from app.schemas.like import ELVES
from app.schemas.sample import SampleFields, most_names, sample_query, sample_request
from app.serving.errors import Busy, LikeDisabled, PrivateList, UnknownModel, UnknownStyle
from app.serving.generator import Generator
from app.serving.streams import Streams
from app.settings import Settings
from model.errors import UnknownLetter, Unsatisfiable
from model.generation.cast import MAX_COUNT

PATH = "/sample"
MAX_BODY_BYTES = 2**20
"""Of a request; there may be thousands of names in it."""

EXAMPLES: dict[Format, str] = {
    "csv": "".join(f"{line}\r\n" for line in ["name", *NAMES]),
    "txt": "".join(f"{name}\n" for name in NAMES),
    "ndjson": "".join(f'{{"name":"{name}"}}\n' for name in NAMES),
}
DOCUMENTED: dict[int | str, dict[str, Any]] = refusals(
    RequestValidationError,
    UnknownLetter,
    Unsatisfiable,
    UnknownModel,
    UnknownStyle,
    PrivateList,
    NotAcceptable,
    QueryTooLong,
    Busy,
)
DOCUMENTED[200] = {
    "description": "Names. In CSV, plain text and NDJSON, the model, its version, the seed, the shortfall, how exact "
    "the draw was, `top_p` and how many names were left out travel as `X-Namewright-*` headers. More names than a JSON "
    "answer holds are streamed, and what is known only at the end stands in the last line of NDJSON instead, "
    '`{"end": {...}}`.',
    "content": {
        media_type: content
        for form, example in EXAMPLES.items()
        for media_type, content in text_content(MEDIA_TYPES[form].partition(";")[0], example).items()
    },
    "headers": {
        header: {"description": f"`{fact}`, as JSON has it; not beside JSON.", "schema": {"type": "string"}}
        for fact, header in {**FACTS, **{f"left_out.{option}": name for option, name in LEFT_OUT.items()}}.items()
    },
}
WITH_BODY = DOCUMENTED | refusals(BodyTooLarge(MAX_BODY_BYTES), UnsupportedMediaType, EncodedBody, LikeDisabled)


def query_path(settings: Settings) -> QueryPath[SampleFields]:
    """`GET /sample` without the framework, within the bounds of `settings`."""
    return QueryPath(PATH, sample_query(settings), partial(answer, settings=settings))


def router(settings: Settings) -> APIRouter:
    """The paths, with requests within the bounds of `settings`."""
    routes = APIRouter(tags=["names"])
    SampleQuery = sample_query(settings)
    SampleRequest = sample_request(SampleQuery)
    defaults = SampleRequest.model_validate({})
    asked = {"max_length": min(12, settings.max_length), "seed": "7"}
    examples = {
        "with A": {"value": {"start": "a", **asked}},
        "from A to a, of two to four syllables, without x": {
            "value": {"pattern": "A*a", "syllables": "2-4", "exclude": ["x"], **asked}
        },
        "Icelandic and Irish": {"value": {"blend": {"icelandic-girls": 0.7, "anglo-irish-girls": 0.3}, **asked}},
        "a cast that knows Anna": {"value": {"cast": True, "existing": ["Anna"], **asked}},
        "Icelandic women": {
            "value": {"parts": {"language": "Icelandic"}, "gender": "girl", "latin": True, "seed": "7"}
        },
        "like some names": {"value": {"like": ELVES[:12], **asked}},
    }

    async def get_sample(
        request: Request,
        sample: Annotated[SampleQuery, Query()],  # type: ignore[valid-type]  # made from the settings
    ) -> Response:
        """Draw names, as the query asks."""
        return await answer(request, sample, settings)

    routes.add_api_route(
        PATH,
        get_sample,
        methods=["GET"],
        route_class_override=QueryRoute,
        operation_id="sample",
        summary="Draw names",
        response_model=SampleAnswer,
        responses=DOCUMENTED,
    )

    @routes.post(
        PATH, operation_id="sample_by_post", summary="Draw names", response_model=SampleAnswer, responses=WITH_BODY
    )
    async def post_sample(
        request: Request,
        _: Annotated[NoQuery, Query()],
        sample: Annotated[SampleRequest, Body(openapi_examples=examples)] = defaults,  # type: ignore[valid-type]
    ) -> Response:
        """Draw names, as a JSON object asks. Without a body, every field has its default."""
        return await answer(request, sample, settings)

    return routes


async def answer(request: Request, sample: SampleFields, settings: Settings) -> Response:
    """Draw names, and encode them in the format of the answer; stream them where they are too many to hold."""
    form = sample.format or negotiate(request.scope)
    if sample.bom and form != "csv":
        raise InvalidField("bom", "goes with format=csv only")
    generator: Generator = request.app.state.generator
    if (drawn_ahead := generator.sample_now(sample)) is not None:
        return encode_sample(drawn_ahead, form, bom=sample.bom)
    admin = (sample.details or sample.novel) and is_admin(request)
    if sample.count > settings.max_count:
        if form == "json":
            raise InvalidField(
                "count",
                f"a JSON answer holds at most {settings.max_count:,} names; format=ndjson, csv or txt is streamed, and "
                f"has up to {most_names(settings):,}",
            )
        if whole := next((name for name in HELD_WHOLE if getattr(sample, name, None)), None):
            most = f"is at most {settings.max_count:,} with {whole}"
            pages = f"; take pages of a seed, with offset={settings.max_count} and so on"
            raise InvalidField("count", f"is at most {MAX_COUNT} with cast" if whole == "cast" else most + pages)
        streams: Streams = request.app.state.streams
        opening = partial(streams.open, sample, is_admin=admin, client=client_of(request))
        return StreamedNames(opening, form, bom=sample.bom)
    client = client_of(request)
    result = await generator.sample(sample, is_admin=admin, client=client)
    if result.details is None:
        return encode_sample(result, form, bom=sample.bom)
    # long enough to hold up other answers
    return await generator.lanes.run_part(partial(encode_sample, result, form, bom=sample.bom), client)
