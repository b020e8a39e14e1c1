"""`/explain`: how a model reads the beginning of a name."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.exceptions import RequestValidationError

from app.http.auth import is_admin
from app.http.clients import client_of
from app.http.errors import BodyTooLarge, EncodedBody, UnsupportedMediaType
from app.http.explanation import encode_explanation
from app.http.openapi import refusals
from app.schemas.explanation import ExplainAnswer, explain_request
from app.schemas.fields import NoQuery
from app.serving.errors import Busy, UnknownModel
from app.serving.generator import Generator
from app.settings import Settings
from model.errors import UnknownLetter, Unsatisfiable

REFUSALS = refusals(
    RequestValidationError,
    UnknownLetter,
    Unsatisfiable,
    UnknownModel,
    BodyTooLarge,
    UnsupportedMediaType,
    EncodedBody,
    Busy,
)


def router(settings: Settings) -> APIRouter:
    """The path, with requests within the bounds of `settings`."""
    routes = APIRouter(tags=["names"])
    ExplainRequest = explain_request(settings)
    defaults = ExplainRequest.model_validate({})
    examples = {"a name letter by letter": {"value": {"prefix": "ann"}}}

    @routes.post(
        "/explain",
        operation_id="explain",
        summary="Read a name letter by letter",
        response_model=ExplainAnswer,
        response_description="What the model remembers and expects after each letter",
        responses=REFUSALS,
    )
    async def post_explain(
        request: Request,
        _: Annotated[NoQuery, Query()],
        asked: Annotated[ExplainRequest, Body(openapi_examples=examples)] = defaults,  # type: ignore[valid-type]
    ) -> Response:
        """Read the beginning of a name letter by letter: the state of each layer of the network, and how probable each
        next letter is by the network, by the n-gram, and by their mixture, which names are drawn from.

        The probabilities are those of all letters, before `top_k` and `top_p`. An n-gram tells what stands in its list,
        and the size of a network how long that is: of private lists the admin alone gets more than the mixture.
        """
        generator: Generator = request.app.state.generator
        client = client_of(request)
        result = await generator.explain(asked, is_admin=is_admin(request), client=client)
        return await generator.lanes.run_part(partial(encode_explanation, result), client)

    return routes
