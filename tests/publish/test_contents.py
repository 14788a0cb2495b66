"""What would be sent of a model, a dataset and a story, and what the cards say."""

import json

import pytest
import yaml
from publishable import SCORE, TRAINED, write_project, write_release, write_story

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.tables import write_json, write_table
from dramatis.core.votes import checkpoint_digest
from dramatis.publish.contents import as_outs, in_units
from dramatis.publish.dataset import dataset_contents
from dramatis.publish.gate import MOST_NAMED, in_a_line, of_scores
from dramatis.publish.header import license_in, parted
from dramatis.publish.model import model_contents
from dramatis.publish.params import PublishParams
from dramatis.publish.story import story_contents
from dramatis.score.schema import STEPS

LIMITS = PublishParams()
RUNS = ["solo", "twins"]


@pytest.fixture
def project(tmp_path):
    return write_project(tmp_path / "project")


def model(project, run="solo", said="cc0-1.0", limits=LIMITS):
    return model_contents(run, RUNS, said, limits, project)


def story(project, name="lost", people="drawn"):
    return story_contents(name, ["lost"], "cc0-1.0", people, project)


def names(contents):
    return [entry.name for entry in contents.files]


def test_a_model_is_its_release_and_the_previews_of_the_chosen_step(project):
    contents = model(project)
    assert names(contents) == [
        "README.md",
        "grid.png",
        "previews/previews.json",
        *(f"previews/solo-000004-{kind}-cyrus-00-0{n}.png" for kind in ("fixed", "forget") for n in (0, 1)),
        "pytorch_lora_weights.safetensors",
        "solo.safetensors",
    ]
    told = json.loads(next(entry for entry in contents.files if entry.name.endswith("previews.json")).read())
    assert told[1]["file"] == "solo-000004-fixed-cyrus-00-01.png" and told[1]["seed"] == 1
    assert contents.size == sum(len(entry.read()) for entry in contents.files)
    assert (contents.license, contents.findings) == ("cc0-1.0", ())


def test_a_step_that_a_person_chose_is_shown_and_judged(project):
    of_two = {"recscore": 0.3, "interval": [0.2, 0.4], "copy_risk": 0.5}
    write_release(project, "cc0-1.0", score=SCORE | {"by_step": {"step-000002": of_two}})
    write_table([], STEPS, project / "data/scores/solo/steps.parquet")
    checkpoint = project / "models/solo/step-000002"
    checkpoint.mkdir(parents=True)
    (checkpoint / "unet.safetensors").write_bytes(b"weights")
    chosen = {"step": 2, "checkpoint": checkpoint_digest(checkpoint), "why": "kinder eyes"}
    write_json(chosen, project / "data/votes/solo.json")
    contents = model(project)
    assert {name[:20] for name in names(contents) if name.endswith("0.png")} == {"previews/solo-000002"}
    assert "4 previews of step 2" in contents.card
    assert contents.findings == ("recscore is 0.300 [0.20, 0.40], at least 0.6 is asked",)


def test_the_card_of_a_model_has_a_header_for_the_hub(project):
    header, text = parted(model(project).card, "card")
    assert "base_model" not in header  # models/pocket/sd is none of the hub's
    assert header["license"] == "cc0-1.0" and header["instance_prompt"] == "cyrus"
    assert header["tags"] == ["text-to-image", "stable-diffusion", "lora", "dramatis"]
    url = "previews/solo-000004-fixed-cyrus-00-00.png"
    assert header["widget"] == [{"text": "cyrus, 1person, head", "output": {"url": url}}]
    for said in (
        "it has 0.90. Copy risk of at most 0.85: it has 0.60.",
        "| recscore | 0.90 | 0.80 to 0.95 |",
        "4 previews of step 4",
        "`models/release/solo`",
        "| `steps` | 4 |",
    ):
        assert said in text


def test_a_base_of_the_hub_is_named_and_a_place_of_this_machine_is_not(project):
    write_release(project, "cc0-1.0", TRAINED | {"base": "someone/some-base"})
    assert parted(model(project).card, "card")[0]["base_model"] == "someone/some-base"
    write_release(project, "cc0-1.0", TRAINED | {"base": "/mnt/disk/of/me/base.safetensors"})
    card = model(project).card
    assert "/mnt" not in card and "base.safetensors" in card


@pytest.mark.parametrize(
    ("score", "said"),
    [
        ({"recscore": 0.59999}, ["recscore is 0.600 [0.80, 0.95], at least 0.6 is asked"]),
        ({"recscore": 0.6}, []),
        ({"copy_risk": 0.85}, []),
        ({"copy_risk": 0.91}, ["copy risk is 0.910 [0.50, 0.70], at most 0.85 is asked"]),
        ({"recscore": None}, ["recscore was not measured, at least 0.6 is asked"]),
        ({"recscore": 0.1, "copy_risk": 1.0, "interval": None}, ["recscore is 0.100, at least", "copy risk is 1.000"]),
    ],
)
def test_limits(score, said):
    found = of_scores(SCORE | score, LIMITS)
    assert len(found) == len(said)
    assert all(line.startswith(start) for line, start in zip(found, said, strict=True))


def test_a_card_says_what_it_was_published_in_spite_of(project):
    contents = model(project, limits=PublishParams(min_recscore=0.95))
    assert contents.findings == ("recscore is 0.900 [0.80, 0.95], at least 0.95 is asked",)
    assert f"## Published in spite of\n\n- {contents.findings[0]}.\n" in contents.card


def test_a_file_that_names_this_machine_is_found(project):
    release = project / "models/release/solo"
    header = json.dumps({"__metadata__": {"from": str(project / "raw")}}).encode()
    (release / "solo.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    (release / "notes.txt").write_text(f"see {project}/raw")
    found = model(project).findings
    assert [line.partition(" names a folder of this machine")[0] for line in found] == ["notes.txt", "solo.safetensors"]


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("models/release/solo/README.md", "stage release@solo makes it"),
        ("data/scores/solo/verdict.json", "stage score@solo makes it"),
        ("data/previews/solo/previews.parquet", "stage preview@solo makes it"),
    ],
)
def test_a_run_without_its_release_score_or_previews(gone, said, project):
    (project / gone).unlink()
    with pytest.raises(MissingError, match=said):
        model(project)


def test_unknown_names(project):
    with pytest.raises(ParameterError, match="zoe: there is no such run, there are solo, twins"):
        model(project, "zoe")
    with pytest.raises(ParameterError, match="zoe: there is no such story, there are lost"):
        story(project, "zoe")
    with pytest.raises(ParameterError, match="there is no such story, there are none"):
        story_contents("lost", [], None, None, project)


def test_a_story_is_what_was_rendered_its_panels_and_its_storyboard(project):
    contents = story(project)
    assert names(contents) == [
        *["README.md", "clip.mp4", "page.html", "panels.parquet", "story.pdf", "storyboard.json", "strip.png"]
    ]
    header, text = parted(contents.card, "card")
    assert header["license"] == "cc0-1.0"
    assert header["configs"][0]["data_files"] == [{"split": "train", "path": "panels.parquet"}]
    for said in (
        "![Lost](strip.png)",
        "**All pictures are made by a model**",
        "learned from drawings",
        "| `cyrus` | `solo` | 4 | 0123456789abcdef | models/pocket/sd |",
        "| `ada` | `twins` | – | – | not in a panel |",
        "| 2 | A walk \\| alone. | cyrus | 2 | 2 |  |",
        "cc0-1.0.",
    ):
        assert said in text, said
    assert "real people, who did not do" in story(project, people="real").card


def test_flagged_panels_are_named(project):
    write_story(project, "nobody was found")
    contents = story(project)
    assert contents.findings == ("panel 2: nobody was found",)
    assert "- panel 2: nobody was found." in contents.card


def test_a_recipe_with_a_place_of_this_machine_is_found_and_not_in_the_card(project):
    write_story(project, base="/mnt/disk/base")
    contents = story(project)
    assert contents.findings[0] == "the recipe of panel 1 names a place of this machine"
    assert "/mnt" not in contents.card


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("data/stories/lost/page.html", "stage render@lost makes it"),
        ("data/panels/lost/panels.parquet", "stage panels@lost makes it"),
        ("data/storyboards/lost.json", "stage story@lost makes it"),
    ],
)
def test_a_story_that_is_not_whole(gone, said, project):
    (project / gone).unlink()
    with pytest.raises(MissingError, match=said):
        story(project)


def test_a_damaged_storyboard_is_one_line(project):
    (project / "data/storyboards/lost.json").write_text('{"title": "x"}')
    with pytest.raises(ParameterError, match="scenes: required, but missing"):
        story(project)


def test_hidden_files_stay_here_but_a_dvc_remote_gets_the_output_as_it_is(project):
    (project / "models/release/solo/.secret").write_text("x")
    contents = model(project)
    assert ".secret" not in names(contents)
    outs = as_outs(contents, project)
    assert names(outs) == [
        *(f"models/release/solo/{name}" for name in (".secret", "README.md", "grid.png")),
        *(f"models/release/solo/{name}.safetensors" for name in ("pytorch_lora_weights", "solo")),
    ]
    assert outs.card == (project / "models/release/solo/README.md").read_text()
    (board,) = [entry for entry in as_outs(story(project), project).files if entry.name.endswith(".json")]
    assert board.name == "data/storyboards/lost.json"


def test_a_dataset_that_names_this_machine_says_so_in_its_card(project):
    (project / "data/dataset/notes.txt").write_text(str(project))
    contents = dataset_contents("cc0-1.0", project)
    assert len(contents.findings) == 1 and contents.findings[0].startswith("notes.txt names a folder of this machine")
    assert f"- {contents.findings[0]}." in contents.card


def test_the_same_twice_is_the_same(project):
    for contents in (model, story):
        one, two = contents(project), contents(project)
        assert [(entry.name, entry.read()) for entry in one.files] == [
            (entry.name, entry.read()) for entry in two.files
        ]


def test_a_card_that_says_something_else_than_the_parameters_is_old(project):
    with pytest.raises(ParameterError, match="the card says cc0-1.0, .* says mit. Run `dvc repro`: stage dataset"):
        dataset_contents("mit", project)
    with pytest.raises(ParameterError, match="`release.license` in params.yaml says mit. .* stage release@solo"):
        model(project, said="mit")


@pytest.mark.parametrize(
    ("card", "license_id"),
    [
        ("---\nlicense: mit\nconfigs: []\n---\n# x\n", "mit"),
        ("---\nconfigs: []\n---\n", None),
        ("---\nlicense: null\n---\n", None),
        ("# license: mit\n", None),
        ("---\n[]\n---\n", None),
    ],
)
def test_the_licence_is_read_from_the_header_of_the_card(card, license_id):
    assert license_in(parted(card, "README.md")[0]) == license_id


def test_a_header_that_is_no_yaml_is_an_error():
    with pytest.raises(InputError, match="its header is not valid YAML"):
        parted("---\na: [\n---\n", "README.md")


def test_headers_are_yaml(project):
    for contents in (model(project), story(project), dataset_contents("cc0-1.0", project)):
        assert isinstance(yaml.safe_load(contents.card.split("---\n")[1]), dict)


@pytest.mark.parametrize(("size", "said"), [(999, "999 B"), (1000, "1.0 kB"), (2_345_678, "2.3 MB"), (9e12, "9.0 TB")])
def test_sizes(size, said):
    assert in_units(size) == said


def test_many_findings_are_counted():
    assert in_a_line([f"f{n}" for n in range(MOST_NAMED + 2)]).endswith("; f4; and 2 more")
    assert in_a_line(["one"]) == "one"
