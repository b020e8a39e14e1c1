import pytest

from app.worker.description import described, script_of
from model.artifact.card import Description
from tests.support.random_models import random_model
from tests.support.worker_jobs import order


@pytest.mark.parametrize(
    ("letters", "script"),
    [
        ("abcé-' ", "Latin"),
        ("αβγs", "Greek"),
        ("яжы", "Cyrillic"),
        ("தமிழ்", "Tamil"),
        ("สมช", "Thai"),
        ("さくらー", "Hiragana"),
        ("김박", "Hangul"),
        ("明美", "Han"),
        ("-' ", ""),
        ("", ""),
    ],
)
def test_the_script_is_that_of_most_letters(letters: str, script: str) -> None:
    assert script_of(letters) == script


def test_a_bundled_list_is_described_by_the_catalogue_and_any_other_by_its_admin() -> None:
    model = random_model("abc", description=Description(source="a book"))
    bundled = described(model, order(source="bundled", corpus="german-girls")).card.description
    assert (bundled.language, bundled.kind, bundled.script) == ("German", "girls", "Latin")
    assert bundled.source
    assert bundled.licence
    renamed = described(model, order(source="bundled", corpus="german-girls", language="Allemannic")).card.description
    assert (renamed.language, renamed.kind) == ("Allemannic", "girls")
    own = described(model, order(language="Sindarin")).card.description
    assert own == Description(language="Sindarin", script="Latin")


@pytest.mark.parametrize("public", [False, True])
def test_the_card_says_whether_the_list_is_private(public: bool) -> None:
    card = described(random_model("abc"), order(public_membership=public)).card
    assert card.public_membership is public
