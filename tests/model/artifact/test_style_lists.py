import pytest

from model.artifact import styles_file
from model.corpus.bundled import bundled, bundled_path
from model.corpus.corpus import Corpus


@pytest.mark.no_cover
@pytest.mark.parametrize("name", bundled()[5::12])
def test_a_bundled_list_is_read_as_any_list_is(name: str) -> None:
    corpus = Corpus.read(bundled_path(name))
    assert styles_file._names(bundled_path(name), corpus.casing) == corpus.names
