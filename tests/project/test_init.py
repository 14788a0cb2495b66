"""A new project: what is in it, what it says, and how an upgrade brings it up to the code."""

import subprocess

import pytest
from conftest import TOP

from dramatis.core.errors import InputError, MissingError, ParameterError
from dramatis.core.params import read_yaml
from dramatis.pipeline.graph import filled, load_stages
from dramatis.programs.params import SECTIONS, BackendChoice
from dramatis.programs.run import run as write_programs
from dramatis.project import upgrade
from dramatis.project.init import init_project
from dramatis.project.template import pocket_files, project_files, template_root
from dramatis.project.upgrade import changed_stages, check_code, told, upgrade_project


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shows") / "my-show"
    init_project(folder)
    return folder


@pytest.fixture
def project(made, tmp_path):
    """A copy of it without what git and DVC keep."""
    folder = tmp_path / "my-show"
    for file in ("code.yaml", *(map(str, project_files(TOP)))):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes((made / file).read_bytes())
    return folder


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_a_clone_is_its_own_template():
    assert template_root() == TOP
    weights = {file.as_posix() for file in pocket_files(TOP)}
    assert "models/pocket/sd/unet/diffusion_pytorch_model.safetensors" in weights
    assert not any("stages" in name or name.endswith(("dvc.yaml", "grid.png")) for name in weights)


def test_the_wheel_carries_what_a_project_needs():
    import tomllib

    wheel = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = wheel["force-include"]
    assert all(target == f"dramatis/template/{source}" for source, target in carried.items())
    for file in (*project_files(TOP), *pocket_files(TOP)):
        assert any(file.as_posix() == source or file.is_relative_to(source) for source in carried), file


def test_an_own_project_starts_without_videos_and_runs(made):
    params = read_yaml(made / "params.yaml")
    assert params["videos"] == params["runs"] == {} and params["film"]["titles"] == []
    assert "# Everything that decides a result" in (made / "params.yaml").read_text()
    assert (made / params["cast"]["references"]).is_dir()
    assert [stage.name for stage in filled(load_stages(made), params) if "@" in stage.name] == [
        f"regularize@{source}" for source in params["regularization"]
    ]


def test_git_takes_words_and_dvc_takes_weights(made):
    git(made, "add", "--all")
    taken = git(made, "ls-files").split()
    assert "models/pocket.dvc" in taken and "code.yaml" in taken and "stages/frames.py" in taken
    assert not any(name.endswith((".onnx", ".safetensors", ".parquet")) for name in taken)
    assert "hardlink" not in (made / ".dvc/config").read_text()


@pytest.mark.slow
def test_with_the_sample_and_a_preset(tmp_path):
    init_project(tmp_path / "one", sample=True)
    assert (tmp_path / "one/params.yaml").read_bytes() == (TOP / "params.yaml").read_bytes()
    init_project(tmp_path / "two", preset="anime")
    assert read_yaml(tmp_path / "two/params.yaml")["detect"] != read_yaml(tmp_path / "one/params.yaml")["detect"]
    assert read_yaml(tmp_path / "two/params.yaml")["videos"] == {}


def test_what_is_there_stays(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something"):
        init_project(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(MissingError, match="anime"):
        init_project(tmp_path / "new", preset="animé")
    assert not (tmp_path / "new").exists()


def test_inside_a_repository_of_git_it_is_a_part_of_that(tmp_path):
    git(tmp_path, "init", "--quiet")
    init_project(tmp_path / "show")
    assert not (tmp_path / "show/.git").exists() and (tmp_path / "show/.dvc/config").is_file()


def test_nothing_changed(project):
    assert changed_stages(project) == [] and "nothing changed" in upgrade_project(project)[0]
    check_code(project)
    check_code(TOP)  # a clone has no code.yaml


def programs_in(project):
    choices = {folder: BackendChoice(backend="none") for folder in SECTIONS}
    write_programs({**choices, **choices_of(project)}, project / "data/programs", project)


def choices_of(project):
    params = read_yaml(project / "params.yaml")
    return {folder: BackendChoice(backend=params[section]["backend"]) for folder, section in SECTIONS.items()}


@pytest.mark.slow
def test_other_code_is_refused_until_it_is_said(project, monkeypatch):
    programs_in(project)
    frames = project / "data/programs/frames.json"
    frames.write_text(frames.read_text().replace('": "', '": "0', 1))  # as other code would have made it
    assert changed_stages(project) == ["frames"]
    monkeypatch.setattr(upgrade, "package_digest", lambda root: "0" * 12)
    with pytest.raises(ParameterError, match="another is installed. Run `dramatis upgrade`"):
        check_code(project)
    text = (project / "code.yaml").read_text()
    assert upgrade_project(project, dry_run=True) == ["frames: its code changed, so it reruns"]
    assert (project / "code.yaml").read_text() == text
    upgrade_project(project)
    check_code(project)


def test_code_that_no_stage_runs_reruns_nothing(project, monkeypatch):
    programs_in(project)
    monkeypatch.setattr(upgrade, "package_digest", lambda root: "0" * 12)
    assert upgrade_project(project) == ["the code of the package changed, and no stage runs what changed"]


def test_files_that_a_person_changed_stay(project):
    mine = project / "stages/frames.py"
    mine.write_text("# mine\n")
    assert "nothing changed" in upgrade_project(project)[0]  # only a person changed it
    code = (project / "code.yaml").read_text().splitlines()
    old = [f"  {path}: '{'0' * 64}'" for path in ("stages/frames.py", "presets/anime.yaml", "stages/gone.py")]
    kept = [line for line in code if not any(line.startswith(each[:20]) for each in old)]
    (project / "code.yaml").write_text("\n".join([*kept, *old]) + "\n")
    (project / "presets/anime.yaml").unlink()
    said = upgrade_project(project)
    assert [line.split(": ")[0] for line in said] == ["presets/anime.yaml", "stages/frames.py", "stages/gone.py"]
    assert mine.read_text() == "# mine\n" and "def" not in mine.read_text()
    assert (project / "stages/frames.py.new").read_bytes() == (TOP / "stages/frames.py").read_bytes()
    assert (project / "presets/anime.yaml").read_bytes() == (TOP / "presets/anime.yaml").read_bytes()


def test_what_an_upgrade_does_with_a_file(tmp_path):
    for name, text in {"same": "1", "mine": "me", "old": "0", "both": "me"}.items():
        (tmp_path / name).write_text(text)
    digest = {text: upgrade.file_digest(tmp_path / name) for name, text in {"same": "1", "old": "0"}.items()}
    recorded = {"same": digest["1"], "mine": digest["1"], "old": digest["0"], "both": digest["0"], "left": digest["0"]}
    new = dict.fromkeys(("same", "mine", "old", "both", "added"), digest["1"])
    assert told(tmp_path, recorded, new) == {
        "old": "replaced",
        "both": upgrade.KEPT,
        "added": "added",
        "left": "no longer in the package, left",
    }


def test_a_clone_is_not_upgraded(tmp_path):
    with pytest.raises(MissingError, match="git pull"):
        upgrade_project(tmp_path)
