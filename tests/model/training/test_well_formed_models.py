"""From a list of any script to a model that draws nothing malformed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.artifact import model_file
from model.corpus.checker import Checker
from model.corpus.corpus import Corpus
from model.generation.options import Options
from model.generation.sampling import draw
from model.generation.scoring import evaluate
from model.generation.served import mixture_of, predictor_of
from model.training.finish import finish
from model.training.loop import Training
from model.training.presets import PRESETS

LISTS = {
    "Greek": "Γιώργος Μαρία Ελένη Νίκος Σωτήρης Άννα Ιωάννα Κώστας Δημήτρης Βασίλης Κατερίνα Ειρήνη Φως Ζωή",
    "Tamil": "கார்த்திக் தமிழ் கதிர் மணி பிரியா லட்சுமி சரண்யா விஜய் அருண் குமார் தேவி மீனா ரவி செல்வம்",
    "Hindi": "लक्ष्मी राम सीता कृष्ण अर्जुन प्रिया विक्रम सुनीता राजेश दीपक अंजलि मोहन कमल नेहा",
    "Thai": "เก่ง สมชาย น้ำ แก้ว มาลี สุดา วิชัย ประเสริฐ กมล นารี เพชร โชคชัย ไพลิน อรุณ",
    "Hebrew": "שָׂרָה נֹעָה דָּוִד יוֹסֵף רִבְקָה ג׳ון רָחֵל לֵאָה מֹשֶׁה אַבְרָהָם יַעֲקֹב חַנָּה",
    "Vietnamese": "Nguyễn Trần Lê Phạm Hoàng Huỳnh Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý",
    "Turkish": "Işık İpek Irmak Ali Ayşe Mustafa Yıldız İbrahim Çağrı Gül Deniz Emine Fatih İlker",
    "English": "McKay O'Brien Stoke-on-Trent Jean-Luc DeLuca Anna Robert St.Ives R2-D2 McCoy Brell Dorn Emma Noah",
}


@pytest.mark.no_cover  # eight trainings and thousands of draws
@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_a_model_draws_nothing_that_its_list_never_has(text: str, tmp_path: Path) -> None:
    corpus = Corpus.of(text.split(), "list")
    plan = replace(PRESETS["default"](len(corpus.split().train)), hidden=8, steps=20)
    training = Training(corpus, plan, seed=1)
    for _ in training.run():
        pass
    path = tmp_path / "list.npz"
    model_file.save(finish(training), path)
    model = model_file.load(path)
    written = [corpus.casing.restore_case(name) for name in corpus.names]
    assert sorted(written) == sorted(text.split())
    checker = Checker.of(written)
    options = Options(unique=False, max_length=40, temperature=2)
    drawn, bare = (
        draw(predictor, 300, options, np.random.default_rng(0)).names
        for predictor in (predictor_of(model), mixture_of(model))
    )
    assert len(drawn) == 300
    assert [(name, checker.check(name)) for name in drawn if checker.check(name)] == []
    if any((model.card.attachments, model.card.accents, len(model.card.shapes) > 1)):
        assert checker.rate(bare).any > 0
    assert model.card.nats_per_letter == evaluate(mixture_of(model), training.split.test).nats_per_letter
