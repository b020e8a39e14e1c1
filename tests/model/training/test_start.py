from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.artifact import model_file, styles_file
from model.artifact.styles_file import Styles
from model.corpus.corpus import Corpus
from model.corpus.vocabulary import END, Vocabulary
from model.errors import InvalidOption, InvalidWeights, UnknownLetter
from model.network.network import Network
from model.network.parameters import FloatArray
from model.network.shape import Shape
from model.network.styles import fold
from model.training.folds import FoldedTraining
from model.training.hyperparameters import Hyperparameters
from model.training.loop import Training
from model.training.start import Start, base_letter, sound
from tests.support.random_models import random_model
from tests.support.tiny import FOLDED, NAMES, bits, ended, some

KNOWN = Vocabulary(tuple("abdestz"))
SHAPES = [
    Shape("gru", KNOWN.size, 5),
    Shape("vanilla", KNOWN.size, 5, layers=2),
    Shape("gru", KNOWN.size, 5, layers=2, styles=1, style_size=3),
]


def start(shape: Shape = SHAPES[0]) -> Start:
    """Random weights with nothing at zero."""
    rng = np.random.default_rng(0)
    network = Network.initialise(shape, rng)
    network.parameters.flat[:] = rng.normal(size=network.parameters.flat.size)
    return Start.from_network(network, KNOWN)


def of_letter(start: Start, letter: str) -> list[FloatArray]:
    """All weights that are this letter's own."""
    index, weights = start.vocabulary.encode(letter)[0] if letter else END, start.network.parameters
    own = [weights["U"][index], weights["V"][:, index], weights["c"][index]]
    return [*own, weights["Vz"][:, index]] if start.network.shape.styles else own


def equal(one: list[FloatArray], other: list[FloatArray]) -> bool:
    return all(np.array_equal(mine, yours) for mine, yours in zip(one, other, strict=True))


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.cell}-{shape.layers}-{shape.styles}")
@given(letters=st.sets(st.sampled_from("abdestzñşéðжბ'"), min_size=1))
def test_known_letters_stay_and_others_begin_as_their_base_or_as_what_sounds_like_them_or_afresh(
    shape: Shape, letters: set[str]
) -> None:
    old = start(shape)
    new = old.adapt(letters)
    assert new.vocabulary.letters == tuple(sorted(letters))
    assert new.network.shape == replace(shape, vocabulary=len(letters) + 1)
    assert equal(of_letter(new, ""), of_letter(old, ""))  # the end of a name
    for letter in letters:
        base = {"ş": "s", "é": "e", "ð": "e", "ж": "z", "ბ": "b"}.get(letter, letter)
        if base in KNOWN.letters:
            assert equal(of_letter(new, letter), of_letter(old, base))
        else:
            assert not any(equal(of_letter(new, letter), of_letter(old, known)) for known in KNOWN.letters)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.cell}-{shape.layers}-{shape.styles}")
def test_what_belongs_to_no_letter_stays(shape: Shape) -> None:
    old = start(shape)
    new = old.adapt("abж")
    for name, array in new.network.parameters.arrays().items():
        if name not in ("U", "V", "c", "Vz"):
            np.testing.assert_array_equal(array, old.network.parameters[name])


def test_fresh_letters_start_near_the_mean_of_all_the_same_way_each_time_and_apart() -> None:
    one, again = start().adapt("ab中国"), start().adapt("国中ba")
    for letter in "中国":
        assert equal(of_letter(again, letter), of_letter(one, letter))
        old = start().network.parameters
        letters = slice(END + 1, None)
        distance = np.abs(of_letter(one, letter)[0] - old["U"][letters].mean(axis=0))
        assert (distance < 0.6 * old["U"][letters].std(axis=0)).all()
    assert not equal(of_letter(one, "中"), of_letter(one, "国"))


def test_the_same_letters_give_the_same_start() -> None:
    old = start()
    assert old.adapt(reversed(KNOWN.letters)) is old


@given(st.sets(st.sampled_from("abcdefgйж"), min_size=1))
def test_the_fingerprint_stays_that_of_the_weights_as_they_were_stored(letters: set[str]) -> None:
    old = start()
    assert old.adapt(letters).fingerprint == hashlib.sha256(old.network.parameters.flat.tobytes()).hexdigest()


@pytest.mark.parametrize(
    ("letter", "base"), [("ș", "s"), ("ő", "o"), ("é", "e"), ("й", "и"), ("ð", "ð"), ("ø", "ø"), ("a", "a"), ("'", "'")]
)
def test_the_base_of_a_letter_is_without_its_marks(letter: str, base: str) -> None:
    assert base_letter(letter) == base


@pytest.mark.parametrize(
    ("letters", "sounds"),
    [
        ("ბშж", "bsz"),  # LETTER BAN, SHIN and ZHE
        ("াী", "ai"),  # VOWEL SIGN AA and II
        ("กเ", "ke"),  # CHARACTER KO KAI and SARA E
        ("ァカ", "ak"),  # LETTER SMALL A
        ("한ሀ", "hh"),  # SYLLABLE HAN and HA
    ],
)
def test_a_letter_sounds_as_its_name_in_unicode_begins(letters: str, sounds: str) -> None:
    assert "".join(map(sound, letters)) == sounds


@pytest.mark.parametrize("letter", ["中", "ー", "ʼ", "-", "1", "\u094d"])
def test_ideographs_signs_and_digits_have_no_sound(letter: str) -> None:
    assert not sound(letter)


@pytest.mark.parametrize(
    ("names", "suits"),
    [
        (["abba", "zeta"], True),
        (["ábbà", "şéta"], True),  # by their base letters
        (["abc", "c"], False),  # half of its letters
        (["abac"], True),
        (["жд"], True),  # by their sound, ZHE and DE
        (["中国"], False),
        (["a-b", "---中"], True),  # hyphens do not count
        (["--"], False),
        ([], False),
    ],
)
def test_a_network_suits_a_list_when_it_knows_most_of_its_letters(names: list[str], suits: bool) -> None:
    assert start().suits(names) is suits


def test_its_architecture_is_given_and_any_other_refused() -> None:
    styled = start(SHAPES[2])
    assert styled.architecture({}) == {"cell": "gru", "layers": 2, "hidden": 5, "style_size": 3}
    assert styled.architecture({"layers": 2, "dropout": 0.9}) == styled.architecture({})
    for name, value in {"cell": "vanilla", "layers": 1, "hidden": 6, "style_size": 0}.items():
        with pytest.raises(InvalidOption, match="as in the model to start from") as refusal:
            styled.architecture({name: value})
        assert refusal.value.option == name


def test_letters_that_it_lacks_are_named_until_it_is_adapted() -> None:
    plan = replace(FOLDED, folds=0, epochs=0, hidden=5)
    with pytest.raises(UnknownLetter) as refusal:
        start().check("abжд", plan)
    assert refusal.value.letters == ("ж", "д")
    start().adapt("abжд").check("abжд", plan)


def test_a_start_from_a_model_is_its_network() -> None:
    model = random_model("abc")
    begun = Start.of(model)
    assert begun.network is model.network
    assert begun.fingerprint == hashlib.sha256(model.network.parameters.flat.tobytes()).hexdigest()


def test_a_start_from_many_kinds_has_the_style_unknown_alone() -> None:
    shape = replace(SHAPES[2], styles=4)
    network = Network.initialise(shape, np.random.default_rng(0))
    begun = Start.of_styles(Styles(network, KNOWN, {}))
    assert begun.network.shape == replace(shape, styles=1)
    one, all_kinds = (fold(made, made.parameters["z"][0]) for made in (begun.network, network))
    assert one.parameters.flat.tobytes() == all_kinds.parameters.flat.tobytes()


def test_a_start_is_read_from_a_model_or_from_a_network_of_many_kinds(styles_path: Path, tmp_path: Path) -> None:
    weights, text = tmp_path / "model.npz", tmp_path / "list.txt"
    model_file.save(random_model("abc"), weights)
    text.write_text("Anna\n")
    assert Start.read(str(weights)).fingerprint == Start.of(model_file.load(weights)).fingerprint
    many = Start.read(str(styles_path))
    assert many.fingerprint == Start.of_styles(styles_file.load(styles_path)).fingerprint
    assert many.network.shape.styles == 1
    for path in (text, tmp_path / "nowhere.npz"):
        with pytest.raises(InvalidWeights):
            Start.read(str(path))


@pytest.mark.parametrize("plan", [FOLDED, replace(FOLDED, folds=0, epochs=0, steps=10)], ids=["folds", "plain"])
def test_a_list_with_letters_that_the_start_never_saw_trains_and_changes_no_start(plan: Hyperparameters) -> None:
    corpus = Corpus.of([*NAMES[:20], "žoë", "жан", "jöri"], "more")
    vocabulary = some(40).vocabulary
    shape = Shape("gru", vocabulary.size, plan.hidden, styles=1, style_size=3)
    network = Network.initialise(shape, np.random.default_rng(0))
    begun = Start.from_network(network, vocabulary).adapt(corpus.vocabulary.letters)
    before = begun.network.parameters.flat.tobytes()
    plan = replace(plan, style_size=3, style_rate=20.0)
    make = FoldedTraining if plan.folds else Training
    one, again = (ended(make(corpus, plan, 0, begun)) for _ in range(2))
    assert bits(one) == bits(again)
    assert one.vocabulary == corpus.vocabulary
    assert one.parent == begun.fingerprint
    assert begun.network.parameters.flat.tobytes() == before
    assert one.result().parameters["U"].shape[0] == corpus.vocabulary.size


@pytest.mark.no_cover
@settings(max_examples=20)
@given(st.text(max_size=20) | st.text("a/.\0é", min_size=240, max_size=300), st.sampled_from(["", ".npz"]))
def test_a_text_that_names_no_model_is_refused_however_long(text: str, ending: str) -> None:
    with pytest.raises(InvalidWeights):
        Start.read(text + ending)
