"""DVC as it is opened here."""

from dvc.dependency import param

from dramatis.state.dvc import opened


def test_params_are_read_once_whoever_asks(project, monkeypatch):
    files = []
    monkeypatch.setattr(param, "load_path", lambda path, fs: files.append(path) or {"film": {"seed": 7}})
    before = param.load_path
    with opened() as repo:
        assert len({stage.addressing for stage in repo.index.stages}) > 20
        repo.status()
    assert sorted(files) == sorted(set(files)) and files
    assert param.load_path is before


def test_what_it_says_of_a_changed_value_is_as_before(project):
    params = project / "params.yaml"
    params.write_text(params.read_text().replace("per_shot: 2 ", "per_shot: 3 ", 1))
    with opened() as repo:
        assert any("frames@e01" in address for address in repo.status())
    params.write_text(params.read_text().replace("per_shot: 3 ", "per_shot: 2 ", 1))
    with opened() as repo:
        assert not repo.status()
