"""The configuration is read whole before anything runs: each fault is one line, all of them are told."""

import shutil

import PIL.Image
import pytest
import yaml
from conftest import TOP

from dramatis.checks.faults import faults
from dramatis.cli.checking import check_project

SOUND = yaml.safe_load((TOP / "params.yaml").read_text())
SOLO = SOUND["runs"]["solo"]
DRAWN = SOUND["regularization"]["drawn"]


def source(kind, path, count=4):
    """One source of class pictures."""
    return {"regularization": {"a": {"from": kind, "path": path, "count": count, "multiplier": 1.0}}}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project whose inputs are all there, and a function that writes its parameters with some changed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stages").symlink_to(TOP / "stages")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "pocket").symlink_to(TOP / "models" / "pocket")
    for name in ("cast.yaml", "captions.yaml", "votes.yaml"):
        (tmp_path / name).write_text((TOP / name).read_text())

    def write(**changes):
        changes = {"stories": {}} | changes if "runs" in changes else changes  # the story needs both runs
        sections = {name: values for name, values in (SOUND | changes).items() if values != "gone"}
        (tmp_path / "params.yaml").write_text(yaml.safe_dump(sections, sort_keys=False))

    write()
    return write


def picture(file):
    """A small one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.new("RGB", (8, 8)).save(file)


def told():
    return [str(fault) for fault in faults()]


def test_the_project_s_own_configuration_is_whole(project, capsys):
    check_project()
    assert "whole" in capsys.readouterr().out


def test_names_may_come_before_runs(project):
    project(runs={})
    assert not faults()


def test_a_base_that_another_run_makes_need_not_be_there(project):
    fused = SOLO | {"fuse": {"onto": "models/pocket/sd", "scale": 0.8}}
    second = SOLO | {"base": "models/release/solo/pipeline"}
    project(runs={"solo": fused, "second": second})
    assert not faults()
    project(runs={"solo": fused | {"fuse": {"onto": "models/real/sd"}}, "second": second})
    assert told() == [line for line in told() if "runs.solo.fuse.onto: there is no models/real/sd" in line] != []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"trian": {}}, "params.yaml: trian: unknown section, allowed are augment, body, caption,"),
        ({"embed": "gone"}, "params.yaml: embed: the section is missing"),
        ({"train": SOUND["train"] | {"steps": 0}}, "train.steps = 0"),
        ({"score": SOUND["score"] | {"sed": 1}}, "score.sed: unknown key"),
        (
            {"caption": SOUND["caption"] | {"template": SOUND["caption"]["template"] | {"crop": "{nam}, {tags}"}}},
            "params.yaml: caption.template.crop = '{nam}, {tags}': unknown field {nam}, known are name, others, left,",
        ),
        ({"tag": SOUND["tag"] | {"backend": "blop"}}, "params.yaml: tag.backend = 'blop': must be 'wd14' or 'blip'"),
        ({"videos": {"E01": {"source": "data/film/sample/e01.mp4"}}}, "videos.E01"),
        (
            {"videos": {"e01": {"source": "raw/none.mkv"}}, "film": SOUND["film"] | {"titles": []}},
            "params.yaml: videos.e01.source: there is no raw/none.mkv. Put it there",
        ),
        (
            {"videos": {"e01": {"source": ""}}, "film": SOUND["film"] | {"titles": []}},
            "videos.e01.source: it names nothing",
        ),
        (
            {"videos": {"e01": {"source": "people/ann"}}, "film": SOUND["film"] | {"titles": []}},
            "first fetched (`hf download --repo-type dataset people/ann --local-dir raw/ann`)",
        ),
        (
            {"videos": {"e01": {"source": "stages"}}, "film": SOUND["film"] | {"titles": []}},
            "stages: this folder holds no picture",
        ),
        (
            {"videos": {"s01": {"source": "stages/film.py"}}},
            "params.yaml: film.titles: no video is an episode of 'sample'. Set `film.titles: []`",
        ),
        ({"runs": {"solo": SOLO | {"base": "models/real/sd"}}}, "runs.solo.base: there is no models/real/sd"),
        (
            {"videos": SOUND["videos"] | {"s01": {"source": "stages/film.py"}}, "film": SOUND["film"] | {"titles": []}},
            "videos.e01.source: no stage makes data/film/sample/e01.mp4, as its film is not in `film.titles`",
        ),
        ({"runs": None}, "params.yaml: runs: there is none. Add one"),
        ({"videos": {}}, "params.yaml: videos: there is none. Add one"),
        ({"regularization": {}}, "regularization: there is none. For no class pictures at all, leave one source with"),
        (source("base", "models/none"), "params.yaml: regularization.a.path: there is no models/none"),
        (
            source("base", "models/pocket/sd", None),
            "count = null: a model draws as many as it is told",
        ),
        (source("frames", "data/scenes"), "regularization.a.path: frames are taken from data/crops, but it says data/"),
        (source("folder", "raw/none"), "raw/none: there is no such folder. Put pictures there"),
        (source("folder", "stages"), "stages: this folder holds no picture. Put JPEG, PNG or WebP files there"),
        (source("web", "raw"), "regularization.a.from = 'web': must be 'base', 'frames' or 'folder'"),
        ({"regularization": {"A": DRAWN}}, "regularization.A"),
        ({"regularization": {"a": DRAWN | {"repeat": 2}}}, "regularization.a.repeat: unknown key"),
        (
            {"runs": {"solo": SOLO | {"method": "dora"}}},
            "runs.solo.method = 'dora': must be one of controlnet, dreambooth",
        ),
        ({"cast": SOUND["cast"] | {"references": ""}}, "cast.references: it names nothing. Name a folder"),
        ({"cast": SOUND["cast"] | {"references": None}}, "references = None: must name a folder, which may be empty"),
        *(
            ({"videos": SOUND["videos"] | {name: SOUND["videos"]["e01"]}}, f"videos.{name}: `{name}` is the name of a")
            for name in ("characters", "coverage", "composites")
        ),
        (
            {"selection": SOUND["selection"] | {"validation_videos": ["e01", "e09"]}},
            "params.yaml: selection.validation_videos: no video is called e09 (they are e01, e02). Mend the id",
        ),
        (
            {"selection": SOUND["selection"] | {"goals": {"close": 7}}},
            "selection.goals.close = 7: must be less than or equal to 1",
        ),
        *(
            ({"dataset": SOUND["dataset"] | {key: value}}, "dataset.bucket_sides_px: no bucket of at most")
            for key, value in (("resolution_px", 16), ("bucket_sides_px", [128, 32]), ("bucket_step_px", 500))
        ),
        ({"runs": {"real": SOLO}}, "must not be one of pocket, real, release"),
        ({"runs": {"solo": SOLO | {"train": {"adapter": {"rnk": 2}}}}}, "runs.solo.train: adapter.rnk: unknown key"),
        (
            {"cast": SOUND["cast"] | {"references": "raw/none"}},
            "cast.references: there is no raw/none. Make it, with one folder of pictures for each name, or empty",
        ),
        *(
            ({section: SOUND[section] | {key: "models/none"}}, f"params.yaml: {section}.{key}: there is no models/none")
            for section, key in (
                ("detect", "weights"),
                ("landmark", "weights"),
                ("quality", "weights"),
                ("embed", "weights"),
                ("tag", "weights"),
                ("caption", "tokenizer"),
                ("score", "second_opinion"),
            )
        ),
    ],
)
def test_each_fault_is_one_line_with_its_place(project, changes, said):
    project(**changes)
    lines = told()
    assert len(lines) == 1 and said in lines[0] and "\n" not in lines[0]


def test_all_faults_are_told_and_the_exit_is_1(project, capsys):
    project(trian={}, train=SOUND["train"] | {"steps": 0})
    with pytest.raises(SystemExit) as ended:
        check_project()
    said = capsys.readouterr().err
    assert ended.value.code == 1 and "trian" in said and "train.steps" in said and said.count("error: ") == 2


def test_a_fault_in_cast_yaml(project, tmp_path):
    (tmp_path / "cast.yaml").write_text("characters: {}\npin: {}\n")
    assert len(told()) == 1 and "cast.yaml" in told()[0] and "pin" in told()[0]


def test_a_fault_in_captions_yaml(project, tmp_path):
    (tmp_path / "captions.yaml").write_text("e01-000120-00-head: ada\n")
    assert len(told()) == 1 and told()[0].startswith("captions.yaml:1: 'e01-000120-00-head' is no hash of a picture")
    (tmp_path / "captions.yaml").unlink()
    assert len(told()) == 1 and "captions.yaml: there is no such file" in told()[0]


def test_captions_in_cast_yaml_are_told_where_they_live_now(project, tmp_path):
    text = (TOP / "cast.yaml").read_text()
    (tmp_path / "cast.yaml").write_text(text + "\ncaptions:\n")
    assert not told()
    (tmp_path / "cast.yaml").write_text(text + "\ncaptions:\n  e01-000120-00-head: ada smiles\n")
    assert len(told()) == 1
    assert told()[0].startswith("cast.yaml: captions: captions stand in captions.yaml now. Move them there")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{trigger: 'ada, lovelace'}", "characters.ada.trigger = 'ada, lovelace': must hold no comma"),
        ('{trigger: "a\\tda"}', "characters.ada.trigger = 'a\\tda': must hold no line breaks or control characters"),
        (
            '{display: "a\\x07da"}',
            "characters.ada.display = 'a\\x07da': must hold no line breaks or control characters",
        ),
    ],
)
def test_a_name_that_captions_cannot_hold(project, tmp_path, entry, said):
    text = (TOP / "cast.yaml").read_text()
    (tmp_path / "cast.yaml").write_text(text.replace("\ncharacters:\n", f"\ncharacters:\n  ada: {entry}\n"))
    assert len(told()) == 1 and said in told()[0] and "\n" not in told()[0]


def test_names_of_any_script_are_fine(project, tmp_path):
    text = (TOP / "cast.yaml").read_text()
    entry = '{display: "Ада/Lovelace, Countess", trigger: "Ада (../фильм) 雪"}'
    (tmp_path / "cast.yaml").write_text(text.replace("\ncharacters:\n", f"\ncharacters:\n  ada: {entry}\n"))
    assert not told()


def test_every_section_of_cast_yaml_is_asked_for(project, tmp_path):
    (tmp_path / "cast.yaml").write_text("")
    assert told() == [
        "cast.yaml: characters, rename, merge, pins, reject, not_a_person, outfits: missing. "
        "Write `<section>:` with nothing behind it"
    ]


def test_a_line_that_a_merge_left_twice_goes(project, tmp_path, capsys):
    file = tmp_path / "cast.yaml"
    file.write_text(file.read_text().replace("\nmerge:\n", "\nmerge:\n  a: b\n  c: d\n  a: b\n"))
    check_project()
    said = capsys.readouterr().out
    assert "merge.a stood twice; the second line is taken out" in said and said.count("so this decision waits") == 0
    assert yaml.safe_load(file.read_text())["merge"] == {"a": "b", "c": "d"} and file.read_text().count("a: b") == 1


def test_two_answers_to_one_question_name_both_lines(project, tmp_path, capsys):
    (tmp_path / "cast.yaml").write_text("merge:\n  a: b\n  a: c\n")
    with pytest.raises(SystemExit):
        check_project()
    said = capsys.readouterr()
    assert "error: cast.yaml:2 and cast.yaml:3: merge.a is b in one line and c in the other" in said.err
    assert not said.out


def test_a_section_that_stands_twice_is_put_together(project, tmp_path, capsys):
    file = tmp_path / "cast.yaml"
    file.write_text(file.read_text().replace("\nmerge:\n", "\nmerge:\n  a: b\n") + "\nmerge:\n  c: d\n")
    check_project()
    assert "the section merge stood twice; its lines are together now" in capsys.readouterr().out
    assert yaml.safe_load(file.read_text())["merge"] == {"a": "b", "c": "d"} and file.read_text().count("merge:") == 1


def test_decisions_in_another_encoding_are_one_line(project, tmp_path, capsys):
    (tmp_path / "cast.yaml").write_text((TOP / "cast.yaml").read_text(), "utf-16")
    with pytest.raises(SystemExit):
        check_project()
    assert (
        "error: cast.yaml: this is not valid YAML: it is no text in UTF-8. Save it as UTF-8" in capsys.readouterr().err
    )


def test_decisions_that_wait_are_told_and_are_no_faults(project, tmp_path, capsys):
    picture(tmp_path / "raw/references/ann/1.jpg")
    project(cast=SOUND["cast"] | {"references": "raw/references"}, runs={"solo": SOLO | {"characters": ["ann"]}})
    file = tmp_path / "cast.yaml"
    file.write_text(file.read_text().replace("\npins:\n", "\npins:\n  ann/2.jpg: ann\n  e07@1.5:0.5,0.5: ann\n"))
    check_project()
    said = capsys.readouterr().out
    assert "cast.yaml: pins.ann/2.jpg: there is no such reference picture, so this decision waits" in said
    assert "cast.yaml: pins.e07@1.5:0.5,0.5: 'e07' is not among the videos, so this decision waits" in said


def test_names_are_looked_for_among_the_references(project, tmp_path):
    picture(tmp_path / "raw/references/ann/1.jpg")
    own = {"cast": SOUND["cast"] | {"references": "raw/references"}}
    project(**own, runs={"solo": SOLO | {"characters": ["ann"]}})
    assert told() == []
    project(**own, runs={"solo": SOLO})
    assert told() == [
        "params.yaml: runs.solo.characters: 'cyrus' is nobody; there are: ann. "
        "Correct it, add a folder raw/references/cyrus, or name somebody so in cast.yaml"
    ]
    (tmp_path / "raw/references/Zoë Q").mkdir()
    assert len(told()) == 1 and "'Zoë Q' cannot be an id" in told()[0]


@pytest.mark.parametrize("text", ["", "- a\n", "7"])
def test_parameters_without_sections(project, tmp_path, text):
    (tmp_path / "params.yaml").write_text(text)
    assert told() == ["params.yaml: it holds no sections. Write `<section>:` with its keys below, see docs/"]


def test_no_parameters_at_all(project, tmp_path):
    (tmp_path / "params.yaml").unlink()
    assert len(told()) == 1 and "params.yaml" in told()[0]


def test_pictures_of_references_are_looked_into(project, tmp_path):
    own = {"cast": SOUND["cast"] | {"references": "raw/references"}, "runs": {}}
    picture(tmp_path / "raw/references/ann/1.jpg")
    (tmp_path / "raw/references/ann/2.jpg").write_bytes(b"<html>")
    (tmp_path / "raw/references/ann/3.png").touch()
    (tmp_path / "raw/references/ann/notes.txt").write_text("none")
    project(**own)
    assert told() == [
        f"raw/references/ann/{name}: it is no picture. Take it away, or get another copy" for name in ("2.jpg", "3.png")
    ]


def test_weights_are_looked_into(project, tmp_path):
    folder = tmp_path / "models/real/wd14"
    shutil.copytree(TOP / "models/pocket/wd14", folder)
    whole = (folder / "model.onnx").read_bytes()
    project(tag=SOUND["tag"] | {"weights": "models/real/wd14"})
    assert not told()
    (folder / "model.onnx").write_bytes(whole[:-100])
    assert len(told()) == 1 and "models/real/wd14/model.onnx: no ONNX model, or one that is cut short" in told()[0]


def test_a_base_and_its_tokenizer_are_looked_into(project, tmp_path):
    base = tmp_path / "models/real/sd15"
    shutil.copytree(TOP / "models/pocket/sd", base)
    own = {"caption": SOUND["caption"] | {"tokenizer": "models/real/sd15/tokenizer"}}
    project(runs={"solo": SOLO | {"base": "models/real/sd15"}}, **own)
    assert not told()
    (base / "tokenizer/vocab.json").unlink()
    unet = next((base / "unet").glob("*.safetensors"))
    unet.write_bytes(unet.read_bytes()[:-8])
    assert len(told()) == 2
    assert "tokenizer/vocab.json: there is no such file, so this is no tokenizer of CLIP" in told()[0]
    assert "cut short or padded" in told()[1]


@pytest.mark.parametrize(
    ("base", "remedy"),
    [
        ("models/real/sd15", "Run `dramatis models pull sd15`"),
        ("stable-diffusion-v1-5/stable-diffusion-v1-5", "Run `dramatis models pull sd15`, and name models/real/sd15:"),
        (
            "somebody/model",
            "Run `dramatis models pull somebody/model`, and name the folder: DVC watches files, not hubs",
        ),
        ("models/real/mine", "Choose one of your own: `dramatis models pull USER/MODEL --name mine`"),
        ("elsewhere/a/model", "Put it there, or name another path"),
    ],
)
def test_what_is_missing_says_what_brings_it(project, base, remedy):
    project(runs={"solo": SOLO | {"base": base}})
    assert len(told()) == 1 and f"params.yaml: runs.solo.base: there is no {base}. {remedy}" in told()[0]


def test_other_people_to_compare_with_are_looked_for(project):
    project(score=SOUND["score"] | {"strangers": "raw/none"})
    assert told() == [
        "params.yaml: score.strangers: there is no raw/none. Name a file, a folder of pictures of others, or null"
    ]


def story(**changes):
    return {"stories": {"lost": SOUND["stories"]["lost"] | changes}}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"poses": {1: "stories/wave.png"}}, "stories.lost.poses.1: stories/wave.png: there is no such picture"),
        (
            {"poses": {1: "stories/wave.png"}},
            "stories.lost.poses: poses are asked for, but `players.pose_run` names no run",
        ),
        ({"poses": {1: "params.yaml"}}, "poses.1: params.yaml: control pictures lie below `stories/`"),
        ({"picked": {9: 3}}, "stories.lost.picked: there is no scene 9; the story has 4"),
        ({"edits": {5: []}}, "stories.lost.edits: there is no scene 5; the story has 4"),
        ({"runs": ["trio"]}, "there is no run 'trio'"),
    ],
)
def test_what_stories_name_is_there(project, changes, said):
    project(**story(**changes))
    assert any(said in line for line in told())


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (
            "solo",
            "players.pose_run: solo is of method lora; poses need one of method controlnet. Train a run of method",
        ),
        ("pose", "players.pose_run: there is no run pose"),
    ],
)
def test_poses_need_a_run_that_looks_at_them(project, run, said):
    lost = story(poses={1: "stories/wave.png"})["stories"]["lost"]
    project(players={"pose_run": run}, stories={"lost": lost, "found": lost})
    assert sum(said in line for line in told()) == 1


def test_a_storyboard_of_a_person_is_read(project):
    project(**story(picked={2: 3}))
    file = TOP.cwd() / "stories/lost.yaml"
    file.parent.mkdir()
    scene = {"place": "a", "action": "b", "characters": [], "framing": "wide", "prompt": "c", "caption": "d"}
    file.write_text(yaml.safe_dump({"title": "t", "scenes": [scene]}))
    assert ["stories.lost.picked: there is no scene 2; the story has 1" in line for line in told()] == [True]
    file.write_text(yaml.safe_dump({"title": "t", "scenes": [scene | {"framing": "tiny"}]}))
    assert [line.startswith("stories/lost.yaml: scene 1.framing = 'tiny': must be") for line in told()] == [True]
