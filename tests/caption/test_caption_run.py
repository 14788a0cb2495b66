import logging

import pytest
from builders import caption_row, character_row, composite_row, crop_row, scene_row, selection_row, tag_row, write

from dramatis.caption.params import CaptionParams, PruneCore
from dramatis.caption.run import run
from dramatis.caption.schema import CAPTIONS
from dramatis.core.errors import MissingError, ParameterError
from dramatis.core.params import load_params, validate
from dramatis.core.tables import read_rows
from dramatis.diffusion.tokens import count_tokens

SAID = {"person": 0.9, "head": 0.8, "red_hair": 0.6, "forest": 0.7, "dark": 0.2}
FIRST = crop_row(0)
CROPS = [
    FIRST,
    crop_row(1, stage="full", character="bela", others=["ada"], left=1, people=2),
    crop_row(2),
    crop_row(3, rejected_by="near_duplicate", image=b"", phash=None, picture=None),
]
SCENES = [scene_row(0), scene_row(1, characters=(), seed=77), scene_row(2, rejected_by="blurred", picture=None)]
COMPOSITE = composite_row(CROPS[0], CROPS[1])


def fill(folder, crops=CROPS, scenes=SCENES, composites=(COMPOSITE,), video="v", split="train"):
    """The shards of one video, in the folders of the stages."""
    kept = [row for row in [*crops, *scenes] if not row["rejected_by"]]
    write(folder / "crops" / video, crops=crops, scenes=scenes)
    write(folder / "tags" / video, tags=[tag_row(row, **SAID) for row in kept])
    rows = [selection_row(row, split, row["rejected_by"]) for row in [*crops, *scenes]]
    write(folder / "selection", selection=rows)["selection"].rename(folder / "selection" / f"{video}.parquet")
    write(folder, composites=list(composites), characters=[character_row("ada"), character_row("bela", "b3la")])
    return folder


@pytest.fixture
def data(tmp_path):
    return fill(tmp_path / "data")


def captions(params, data, human="", videos=("v",), out="captions"):
    (data / "captions.yaml").write_text(human, "utf-8")
    run(
        params,
        videos,
        human=data / "captions.yaml",
        characters=data / "characters.parquet",
        crops=data / "crops",
        tags=data / "tags",
        selection=data / "selection",
        composites=data / "composites.parquet",
        out=data / out,
    )
    files = sorted((data / out).iterdir())
    assert [file.stem for file in files] == sorted([*videos, "composites"])
    return {row["id"]: row for file in files for row in read_rows(file, "caption")}


def texts(params, data, **how):
    return {name: row["caption"] for name, row in captions(params, data, **how).items()}


def test_names_style_people_stage_tags(params, data):
    rows = captions(params, data)
    assert {name: row["caption"] for name, row in rows.items()} == {
        "v-000000-00-head": "ada, toon, 1person, head, person, forest, red hair",
        "v-000001-00-full": "b3la, ada, toon, 2people, full body, person, forest, red hair",
        "v-000002-00-head": "ada, toon, 1person, head, person, forest, red hair",
        "v-000000-scene": "ada, b3la, toon, 2people, person, head, forest, red hair",
        "v-000001-scene": "toon, person, head, forest, red hair",
        COMPOSITE["composite_id"]: "ada, b3la, toon, 2people, head, person, forest, red hair",
    }
    first = rows["v-000000-00-head"]
    assert first == caption_row(FIRST, first["caption"]) | {"tags": ["person", "forest", "red hair"]}
    assert list(first) == CAPTIONS.names


def test_the_templates_of_the_recipes(changed, data):
    said = texts(changed(template={"crop": "r0", "composite": "r2"}, prune_core=None), data)
    assert said["v-000001-00-full"] == "b3la, ada, toon, person, head, forest, red hair"
    assert said[COMPOSITE["composite_id"]] == "ada/b3la/COMPOSITE, " + ", ".join(["person, head, forest, red hair"] * 2)
    said = texts(changed(template={"crop": "cyberharem"}), data)
    assert said["v-000001-00-full"] == "b3la, toon, person, head, forest, red hair"


def test_the_scene_behind_a_composite_is_looked_up(changed, data):
    cut = composite_row(CROPS[0], CROPS[1], background="v-000001-scene", layout="cutout")
    write(data, composites=[cut])
    rows = [tag_row(row, **SAID) for row in (*CROPS[:3], SCENES[0])] + [tag_row(SCENES[1], head=0.9, night_sky=0.8)]
    write(data / "tags" / "v", tags=rows)
    said = texts(changed(template={"composite": "r2"}), data)[cut["composite_id"]]
    assert said == "ada/b3la/COMPOSITE, person, head, red hair, person, head, red hair, night sky"


def test_a_template_of_one_s_own_draws_by_picture(changed, tmp_path):
    data = fill(tmp_path / "data", [crop_row(n) for n in range(60)], [], [])
    own = changed(template={"crop": "{name} alone, [0.7: {style}], seen from near"}, style="toon")
    said = texts(own, data)
    assert set(said.values()) == {"ada alone, toon, seen from near", "ada alone, seen from near"}
    assert 30 <= sum("toon" in text for text in said.values()) <= 54
    fewer = fill(tmp_path / "fewer", [crop_row(n) for n in range(0, 60, 7)], [], [])
    assert texts(own, fewer).items() <= said.items()
    assert texts(own.model_copy(update={"seed": 8}), data) != said


def test_core_tags_are_counted_over_all_videos_in_training_pictures(changed, data):
    looks = changed(prune_core=PruneCore(min_share=0.5, words=("hair",)))
    assert texts(looks, data)["v-000000-00-head"] == "ada, toon, 1person, head, person, forest"
    assert "red hair" not in texts(looks, data)["v-000001-00-full"]  # ada's name stands for it
    fill(data, [crop_row(0, "w", character="bela")], [], [], "w")
    assert "red hair" not in texts(looks, data, videos=("v", "w"))["w-000000-00-head"]
    fill(data, [crop_row(0, "w", character="bela")], [], [], "w", split="validation")
    assert "red hair" in texts(looks, data, videos=("v", "w"))["w-000000-00-head"]  # bela has none of her own


def test_a_person_s_caption_wins_everywhere(params, data, caplog):
    human = [(FIRST, "Ада, laughing"), (SCENES[0], "both of them"), (COMPOSITE, "side by side")]
    text = "".join(f'{row["picture"]}: "{said}"\n' for row, said in human)
    rows = captions(params, data, human=text)
    for row, said in human:
        got = rows[next(iter(row.values()))]
        assert (got["caption"], got["tags"], got["origin"], got["model"]) == (said, [], "human", None)
    assert rows["v-000002-00-head"]["origin"] == "auto"
    assert not caplog.records


def test_a_caption_without_a_picture_waits(params, data, caplog):
    with caplog.at_level(logging.WARNING):
        rows = captions(params, data, human=f"0123456789abcdef: nobody\n{FIRST['picture']}: me\n")
    assert [record.getMessage() for record in caplog.records] == [
        "captions.yaml: 1 of 2 captions wait, as no picture has their hash now: 0123456789abcdef"
    ]
    assert [name for name, row in rows.items() if row["origin"] == "human"] == ["v-000000-00-head"]


def test_tokens_are_counted_and_long_captions_told_of(params, data, caplog):
    with caplog.at_level(logging.WARNING):
        rows = captions(params.model_copy(update={"token_limits": (12, 225)}), data)
    counts = [row["tokens"] for row in rows.values()]
    assert counts == count_tokens([row["caption"] for row in rows.values()], params.tokenizer)
    longer = sum(count > 12 for count in counts)
    assert len(caplog.records) == 1 and f"of 6 captions, so many have more tokens: {longer} than 12, 0" in caplog.text


def test_a_new_name_changes_only_words(params, data):
    before = captions(params, data)
    write(data, characters=[character_row("ada", "Ада Л."), character_row("bela", "b3la")])
    after = captions(params, data)
    assert after["v-000000-00-head"]["caption"] == "Ада Л., toon, 1person, head, person, forest, red hair"
    assert {name: row["picture"] for name, row in after.items()} == {n: row["picture"] for n, row in before.items()}


def test_faults_leave_what_was_there(params, data):
    captions(params, data)
    before = {file.name: file.read_bytes() for file in (data / "captions").iterdir()}
    with pytest.raises(ParameterError, match="is no hash"):
        captions(params, data, human="v-000000-00-head: x\n")
    with pytest.raises(ParameterError, match="videos.composites: this id is taken"):
        captions(params, data, videos=("v", "composites"))
    write(data / "tags" / "v", tags=[tag_row(FIRST, **SAID)])
    with pytest.raises(MissingError, match="v-000001-00-full has no tags. Run `dvc repro`: stage tag@v"):
        captions(params, data)
    assert {file.name: file.read_bytes() for file in (data / "captions").iterdir()} == before


def test_equal_bytes(params, data):
    captions(params, data, out="a")
    captions(params, data, out="b")
    for file in (data / "a").iterdir():
        assert file.read_bytes() == (data / "b" / file.name).read_bytes()


@pytest.mark.parametrize(
    "template, said",
    [
        ("{nam}, {tags}", r"caption.template.crop = '{nam}, {tags}': unknown field {nam}, known are name, others"),
        ("dramatiss", "neither one of dramatis, r0, r2, cyberharem nor a template with a field such as {name}"),
        ("{name", "is not closed"),
    ],
)
def test_a_wrong_template_is_one_clear_line(params, template, said):
    values = params.model_dump() | {"template": {"crop": template, "scene": "r0", "composite": "r2"}}
    with pytest.raises(ParameterError) as error:
        validate(values, CaptionParams, "params.yaml", "caption")
    assert said in str(error.value) and "\n" not in str(error.value)


def test_the_project_s_own_parameters_are_valid():
    assert load_params("caption", CaptionParams).template.crop == "dramatis"
