import json

import pytest

from app.store.lists import Source, read_list
from model.corpus.bundled import bundled_path
from model.corpus.corpus import Corpus
from model.errors import BadCorpus

NAMES = ["Galadriel", "Elrond, the wise", "Tinúviel"]


def test_a_list_is_read_by_its_source() -> None:
    assert read_list("names", "elves", json.dumps(NAMES).encode()) == Corpus.of(NAMES, "elves")
    assert read_list("file", "elves", b"elrond,7\narwen,3\n") == Corpus.parse(b"elrond,7\narwen,3\n", "elves")
    assert read_list("bundled", "polish-boys", None) == Corpus.read(bundled_path("polish-boys"))


@pytest.mark.parametrize("source", ["names", "file"])
def test_a_list_without_content_is_refused(source: Source) -> None:
    with pytest.raises(BadCorpus):
        read_list(source, "elves", None)
