"""Novel names: none that stands in a list, or that comes too near to one.

A model knows its own list by hashes, which is enough for *the same name*. The bundled lists of the same language and
kind are there as text (`model.generation.listed`), so that the edit distance to their names can be worked out too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from model.artifact.model_file import Artifact
from model.errors import InvalidOption
from model.generation.filters import Filter
from model.generation.listed import ListedNames, lists_of, read_list

MAX_DISTANCE = 2
"""Farther than this from every name of a long list, hardly any name is left."""


def novel(artifacts: Sequence[Artifact], distance: int = 0, given: Iterable[str] = ()) -> Filter:
    """Drop the names of the lists of some models, and of the bundled lists of their languages and kinds.

    Parameters
    ----------
    artifacts
        The models.
    distance
        Also drop names within so many insertions, deletions and substitutions of letters (Levenshtein 1966) of a name
        of those lists, as far as they are there as text; case does not count.
    given
        More names, as of one more list.

    Raises
    ------
    InvalidOption
        The distance is out of range, or none of the lists is there as text.
    """
    if not 0 <= distance <= MAX_DISTANCE:
        raise InvalidOption("novel_distance", f"must be from 0 to {MAX_DISTANCE}")
    own = {artifact.card.corpus.title for artifact in artifacts}
    names = dict.fromkeys(name for artifact in artifacts for name in lists_of(artifact))
    texts = ListedNames.of(given)
    if distance and not names and not texts.folded:
        raise InvalidOption(
            "novel_distance", "needs a list that is there as text, as those of bundled models are; set novel instead"
        )
    lists = [texts, *(read_list(name) for name in names if distance or name not in own)]

    def keep(drawn: list[str]) -> list[str]:
        for artifact in artifacts:
            drawn = [name for name, is_own in zip(drawn, artifact.contains(drawn), strict=True) if not is_own]
        for one in lists:
            drawn = [name for name in drawn if name.casefold() not in one.found]
            if distance:
                near = one.near([name.casefold() for name in drawn], distance)
                drawn = [name for name, is_near in zip(drawn, near, strict=True) if not is_near]
        return drawn

    near = f" or come within {distance} of one" if distance else ""
    return Filter("novel", keep, f"since they stand in a list{near}, which novel=false keeps")
