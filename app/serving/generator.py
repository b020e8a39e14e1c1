"""Drawing and scoring names with the models in service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from app.metrics import Metrics
from app.schemas.explanation import ExplainFields
from app.schemas.sample import SampleFields, ScoreFields
from app.schemas.sequence import SeededNames
from app.serving.answers import answer, answer_full_names, result_of
from app.serving.blends import Blends
from app.serving.casts import check_existing
from app.serving.comparisons import Comparisons
from app.serving.cost import most_explained, names_scored_in, seconds_to_explain, seconds_to_sample, seconds_to_score
from app.serving.drawing import asked_of, draw_names, seed_of
from app.serving.errors import PrivateList
from app.serving.full_names import FullNames
from app.serving.lanes import ANYONE, Client, Lanes
from app.serving.like import Adapter, is_style
from app.serving.people import model_of_gender
from app.serving.registry import ModelRegistry
from app.serving.results import ExplainResult, SampleResult, ScoreResult
from app.serving.scored import score_names
from app.serving.sequences import SequenceCache
from app.serving.snapshots import Served
from app.serving.source import Source
from app.serving.stock import Stock, Taken
from app.serving.stocks import Stocks, is_plain
from model.corpus.examples import OPTION
from model.errors import InvalidOption
from model.generation.comparison import MAX_COMPARED
from model.generation.explanation import explain


@dataclass(frozen=True, slots=True)
class Generator:
    """Draws and scores names, in threads, and counts the names drawn.

    With `is_admin`, it is also disclosed whether a name stands in a private training list, and what its model consists
    of.
    """

    registry: ModelRegistry
    lanes: Lanes
    metrics: Metrics
    sequences: SequenceCache
    blends: Blends
    comparisons: Comparisons
    adapter: Adapter
    stocks: Stocks

    def sample_now(self, request: SampleFields) -> SampleResult | None:
        """Names that were drawn ahead, where a request may have such and they are there."""
        model = self.registry.models.by_name.get(request.model)
        if model is None or not isinstance(model.champion, Served) or not is_plain(request):
            return None
        source = model.champion.source
        stock = self.stocks.find(source, request)
        taken = stock.take_now(source, request.count, unique=request.unique)
        return None if taken is None else self._drawn_ahead(source, stock, taken)

    async def sample(self, request: SampleFields, *, is_admin: bool, client: Client = ANYONE) -> SampleResult:
        """Draw names."""
        if is_plain(request):
            return await self._sample_plainly(request, client)
        check_existing(request)
        if request.parts:
            return await self._sample_full_names(request, is_admin=is_admin, client=client)
        source = await self.find(request, is_admin=is_admin)
        work = partial(answer, source, request, seed_of(request), self.sequences, is_admin=is_admin)
        seconds = seconds_to_sample(request, [source], self._ahead(source, request))
        result = await self.lanes.run(work, seconds, client)
        self.metrics.names[source.label or source.model] += len(result.names)
        return replace(result, note=self.adapter.note) if request.posted_value(OPTION) else result

    async def _sample_plainly(self, request: SampleFields, client: Client) -> SampleResult:
        """Draw names from the stock, or alone where it does not have enough yet."""
        source = await self._resolve(request.model)
        stock, count = self.stocks.find(source, request), request.count
        if not stock.serves(count, unique=request.unique):
            work = partial(draw_names, source, request, None, self.sequences)
            drawn = await self.lanes.run(work, seconds_to_sample(request, [source]), client)
            stock.request(source, count)
            self.metrics.names[source.label or source.model] += len(drawn.names)
            return result_of(source, request, None, drawn, is_admin=False)
        return self._drawn_ahead(source, stock, await stock.take(source, count, unique=request.unique))

    def _drawn_ahead(self, source: Source, stock: Stock, taken: Taken) -> SampleResult:
        names, left_out = taken
        self.metrics.names[source.label or source.model] += len(names)
        return SampleResult(
            names, source.model, source.version, None, None, True, None, {"decent": 0, **left_out}, None, stock.top_p
        )

    def forget(self) -> None:
        """Drop what was made of models, since a version is withdrawn; the rest is made again when it is asked for."""
        self.sequences.clear()
        self.blends.clear()

    async def score(self, request: ScoreFields, *, is_admin: bool, client: Client = ANYONE) -> ScoreResult:
        """Compute how probable names are, and which models they sound like."""
        if request.compare and len(request.names) > MAX_COMPARED:
            raise InvalidOption("names", f"should be at most {MAX_COMPARED} with compare, not {len(request.names):,}")
        source = await self._resolve(request.model)
        seconds = seconds_to_score(request.names, source)
        if seconds > self.lanes.max_seconds:
            most = names_scored_in(self.lanes.max_seconds, request.names, source)
            raise InvalidOption("names", f"are too many for this model, being so long; send at most {most:,} at once")
        work = partial(score_names, source, request.names, is_admin=is_admin)
        scores = await self.lanes.run(work, seconds, client)
        if request.compare:
            likely = await self.comparisons.compare(request.names)
            scores = [replace(one, sounds_like=each) for one, each in zip(scores, likely, strict=True)]
        return ScoreResult(source.model, source.version, scores)

    async def explain(self, request: ExplainFields, *, is_admin: bool, client: Client = ANYONE) -> ExplainResult:
        """Read a prefix letter by letter, and tell what the model makes of it."""
        source = await self._resolve(request.model)
        most = most_explained(self.lanes.max_seconds, source)
        if len(request.prefix) > most:
            raise InvalidOption("prefix", f"is too long for this model, which is large; send at most {most} letters")
        work = partial(explain, source.predictor, request.prefix, request.temperature)
        steps = await self.lanes.run(work, seconds_to_explain(len(request.prefix), source), client)
        letters, is_disclosed = source.predictor.vocabulary.letters, source.is_public or is_admin
        return ExplainResult(source.model, source.version, request.temperature, letters, steps, is_disclosed)

    async def _sample_full_names(self, request: SampleFields, *, is_admin: bool, client: Client) -> SampleResult:
        found = await FullNames.find(self.registry, request)
        if request.novel and found.private and not is_admin:
            raise PrivateList(found.private.model)
        work = partial(answer_full_names, found, request, seed_of(request), self.sequences)
        seconds = seconds_to_sample(request, list(found.sources.values()), request.offset)
        result = await self.lanes.run(work, seconds, client)
        for source in found.sources.values():
            self.metrics.names[source.model] += len(result.names)
        return result

    def _ahead(self, source: Source, request: SampleFields) -> int:
        """Names of seeds that have to be drawn before those of a request."""
        avoided = request.posted_value("avoid")
        if not request.offset and not isinstance(avoided, SeededNames):
            return 0
        asked = asked_of(source, request, request.count)
        ahead = 0
        if request.offset:
            of_seed = self.sequences.drawn(asked, request.seed or "", avoided if isinstance(avoided, list) else None)
            ahead += max(request.offset - of_seed, 0)
        if isinstance(avoided, SeededNames):
            ahead += max(avoided.count - self.sequences.drawn(asked, avoided.seed), 0)
        return ahead

    async def find(self, request: SampleFields, *, is_admin: bool) -> Source:
        """What a request draws from."""
        source = await self._find(request)
        if request.novel and not (source.is_public or is_admin):
            raise PrivateList(source.model)
        return source

    async def _find(self, request: SampleFields) -> Source:
        if request.blend:
            return await self.blends.find(request.blend)
        if names := request.posted_value(OPTION):
            return await self.adapter.adapt(names)
        return await self._resolve(model_of_gender(self.registry.models, request.model, request.gender))

    async def _resolve(self, reference: str) -> Source:
        """What is meant by `name`, `name@version` or `style:...`."""
        if is_style(reference):
            return self.adapter.find(reference)
        return (await self.registry.resolve(reference)).source
