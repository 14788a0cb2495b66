"""What every tagger and captioner promises, on the same pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import TOP
from tiny_blip import write_blip
from tiny_tagger import write_tagger

from dramatis.backends.tag import Sentence, load_tagger
from dramatis.core.errors import InputError, MissingError

BACKENDS = ["wd14", "pocket", "blip"]
SHORT = Sentence(max_tokens=6, beams=2)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    top = tmp_path_factory.mktemp("tag")
    write_tagger(top / "wd14", {"bright": 0.0, "red_hair": 0.6})
    write_blip(top / "blip")
    return {"wd14": top / "wd14", "pocket": TOP / "models/pocket/wd14", "blip": top / "blip"}


@pytest.fixture(params=BACKENDS)
def tagger(request, folders):
    return load_tagger("wd14" if request.param == "pocket" else request.param, folders[request.param], sentence=SHORT)


PICTURES = [np.full((40, 30, 3), level, np.uint8) for level in (0, 255)] + [
    np.random.default_rng(n).integers(0, 256, (20 + 9 * n, 33, 3)).astype(np.uint8) for n in range(2)
]


def test_a_score_for_each_tag_and_a_sentence_or_none(tagger):
    scores, sentences = tagger.scores(PICTURES), tagger.sentences(PICTURES)
    assert scores.shape == (4, len(tagger.tags)) and scores.dtype == np.float32
    assert (scores >= -1e-6).all() and (scores <= 1 + 1e-6).all()
    assert len(sentences) == 4 and all(said is None or said == " ".join(said.split()) for said in sentences)
    assert bool(tagger.tags) != any(sentences)
    backend, digits = tagger.model.split(":")
    assert backend in ("wd14", "blip") and len(digits) == 12


def test_pictures_are_told_apart_and_not_changed(tagger):
    before = [image.copy() for image in PICTURES]
    scores, sentences = tagger.scores(PICTURES), tagger.sentences(PICTURES)
    assert (scores[0] != scores[1]).any() or sentences[0] != sentences[1]
    assert all(np.array_equal(a, b) for a, b in zip(before, PICTURES, strict=True))


def test_what_is_said_does_not_depend_on_the_others(tagger):
    assert np.array_equal(tagger.scores(PICTURES)[2], tagger.scores(PICTURES[2:3])[0])
    assert tagger.sentences(PICTURES)[2] == tagger.sentences(PICTURES[2:3])[0]


def test_no_pictures(tagger):
    assert tagger.scores([]).shape == (0, len(tagger.tags)) and tagger.sentences([]) == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_batch_says_the_same(folders, backend):
    name = "wd14" if backend == "pocket" else backend
    one, three = (load_tagger(name, folders[backend], batch_size=size, sentence=SHORT) for size in (1, 3))
    assert one.scores(PICTURES) == pytest.approx(three.scores(PICTURES), abs=1e-5)
    assert one.sentences(PICTURES) == three.sentences(PICTURES)


@pytest.mark.parametrize("backend", ["wd14", "blip"])
def test_missing_weights_are_one_clear_line(tmp_path, backend):
    with pytest.raises(MissingError, match="tag.weights") as error:
        load_tagger(backend, tmp_path)
    assert "\n" not in str(error.value)


class TestBlip:
    def test_the_prompt_is_gone_on_from_and_not_said(self, folders):
        asked = load_tagger("blip", folders["blip"], sentence=Sentence(prompt="a picture of", max_tokens=4))
        said = asked.sentences(PICTURES)
        assert any(said) and not any(text.startswith("a picture of") for text in said)

    def test_no_sentence_is_longer_than_asked_for(self, folders):
        said = load_tagger("blip", folders["blip"], sentence=Sentence(max_tokens=2)).sentences(PICTURES)
        assert any(said) and all(len(text.split()) <= 2 for text in said)

    def test_a_hub_id_without_a_network_is_one_clear_line(self, monkeypatch):
        import huggingface_hub.constants

        monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
        with pytest.raises(
            MissingError, match="no model that can be fetched .* `dramatis models pull nobody/blip"
        ) as error:
            load_tagger("blip", Path("nobody/blip-that-is-not-there"))
        assert "\n" not in str(error.value)

    @pytest.mark.parametrize(
        "file, text, said",
        [
            ("config.json", '{"model_type": "clip"}', "kind 'clip', not 'blip'"),
            ("config.json", "no json", "no JSON can be read"),
            ("model.safetensors", "no weights", "not a whole BLIP captioner"),
            ("tokenizer.json", "no words", "not a whole BLIP captioner"),
        ],
    )
    def test_a_folder_of_another_layout(self, tmp_path, file, text, said):
        write_blip(tmp_path)
        (tmp_path / file).write_text(text)
        with pytest.raises(InputError, match=said) as error:
            load_tagger("blip", tmp_path)
        assert "\n" not in str(error.value) and len(str(error.value)) < 500

    def test_weights_that_are_missing_are_not_made_up(self, tmp_path):
        from safetensors.torch import load_file, save_file

        write_blip(tmp_path)
        weights = load_file(tmp_path / "model.safetensors")
        left = {name: tensor for name, tensor in weights.items() if "crossattention" not in name}
        save_file(left, tmp_path / "model.safetensors", {"format": "pt"})
        with pytest.raises(InputError, match="no tensor .* in its files"):
            load_tagger("blip", tmp_path)

    def test_it_is_told_by_its_weights(self, tmp_path, folders):
        write_blip(tmp_path, seed=5)
        other = load_tagger("blip", tmp_path).model
        assert other != load_tagger("blip", folders["blip"]).model
        assert json.loads((tmp_path / "config.json").read_text())["model_type"] == "blip"
