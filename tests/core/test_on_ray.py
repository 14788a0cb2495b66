"""Work on a real Ray cluster of two nodes: the same bytes as here, also when a node is lost in the middle."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from conftest import TOP
from ray_cluster import Cluster

from dramatis.core import on_ray
from dramatis.core.engine import LOCAL, EngineParams, load_engine
from dramatis.core.errors import InputError, ParameterError
from dramatis.core.params import read_yaml, validate
from dramatis.core.workers import map_in_order

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster():
    ray = pytest.importorskip("ray")
    with Cluster() as started:
        yield started
        ray.shutdown()


@pytest.fixture
def engine(cluster):
    return EngineParams(name="ray", address=cluster.address)


def square(offset, number):
    if number == 13 and offset == 0:
        raise InputError("item 13", "it is odd", "Take another")
    time.sleep(0.05)  # so that one worker is not done with all before another is there
    return number**2 + offset, os.getpid()


def slow_square(offset, item):
    time.sleep(0.05)
    return item.sum() + offset


def one():
    return 1


def zero():
    return 0


def test_results_are_in_order_and_made_by_several_processes(engine):
    found = list(map_in_order(one, square, iter(range(60)), engine=engine))
    assert [value for value, _ in found] == [number**2 + 1 for number in range(60)]
    assert len({process for _, process in found} - {os.getpid()}) > 1


def test_no_items(engine):
    assert list(map_in_order(one, square, [], engine=engine)) == []


def test_an_error_of_the_user_comes_back_as_it_was(engine):
    with pytest.raises(InputError) as error:
        list(map_in_order(zero, square, range(20), engine=engine))
    assert str(error.value) == "item 13: it is odd. Take another"


def test_another_folder_on_the_node_is_said(cluster):
    engine = EngineParams(name="ray", address=cluster.address, project=Path("/nowhere"))
    with pytest.raises(InputError, match="there is no /nowhere. Share the project's folder"):
        list(map_in_order(one, square, [1], engine=engine))


def test_a_node_is_lost_in_the_middle(cluster, engine):
    items = [np.full(200_000, number) for number in range(120)]
    found = []
    for value in map_in_order(one, slow_square, items, engine=engine):
        found.append(value)
        if len(found) == 20:
            cluster.kill_second()
    cluster.add()
    assert found == [number * 200_000 + 1 for number in range(120)]


def files(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def made(engine, out):
    """Every stage that the engine works for, on a small sample film."""
    from dramatis.backends.embed import EmbedChoice
    from dramatis.detect.params import DetectParams
    from dramatis.detect.run import run as detect
    from dramatis.embed.params import EmbedParams
    from dramatis.embed.run import run as embed
    from dramatis.frames.params import FramesParams
    from dramatis.frames.run import run as frames
    from dramatis.landmark.params import LandmarkParams
    from dramatis.landmark.run import run as landmark

    params = read_yaml(TOP / "params.yaml")
    section = {name: validate(params[name], kind, name) for name, kind in (
        ("frames", FramesParams), ("detect", DetectParams), ("embed", EmbedParams), ("landmark", LandmarkParams),
    )}  # fmt: skip
    choice = validate(params["embed"], EmbedChoice, "embed")
    frames(section["frames"], "e01", Path("film/e01.mp4"), out / "frames/e01", engine)
    detect(section["detect"], choice, out / "frames/e01", out / "detections/e01", engine)
    landmark(section["landmark"], out / "frames/e01", out / "detections/e01", out / "landmarks/e01", engine)
    embed(section["embed"], out / "frames/e01", out / "detections/e01", out / "embeddings/e01", engine)
    return files(out)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a sample film and the pocket models, in which stages run."""
    from dramatis.film.params import FilmParams
    from dramatis.film.run import run as film

    (tmp_path / "models").symlink_to(TOP / "models")
    monkeypatch.chdir(tmp_path)
    params = read_yaml(TOP / "params.yaml")["film"] | {"width_px": 320, "height_px": 180, "episode_s": 12}
    film(validate(params, FilmParams, "film"), "sample", tmp_path / "film")
    return tmp_path


def test_stages_write_the_same_bytes(project, engine):
    here = made(LOCAL, project / "here")
    there = made(engine, project / "there")
    assert here == there
    assert {name.split("/")[0] for name in here} == {"frames", "detections", "landmarks", "embeddings"}


def test_stages_write_the_same_bytes_although_a_node_is_lost_in_each(project, cluster, engine, monkeypatch):
    taken, lost = on_ray._result, []

    def lose_a_node(ray, reference):
        lost.append(reference)
        if len(lost) in (5, 80):  # while detecting, and while looking for landmarks or embedding
            cluster.kill_second()
            cluster.add()
        return taken(ray, reference)

    monkeypatch.setattr(on_ray, "_result", lose_a_node)
    there = made(engine, project / "there")
    assert len(lost) > 80
    assert made(LOCAL, project / "here") == there


def test_tags_are_the_same_bytes(tmp_path, engine):
    from builders import crop_row, scene_row, write

    from dramatis.tag.params import TagParams
    from dramatis.tag.run import run as tag

    places = write(tmp_path, crops=[crop_row(n, seed=n) for n in range(9)], scenes=[scene_row(1, seed=3)])
    params = read_yaml(TOP / "params.yaml")["tag"] | {"weights": str(TOP / "models/pocket/wd14")}
    for name, where in (("here", LOCAL), ("there", engine)):
        tag(validate(params, TagParams, "tag"), "v", **places, out=tmp_path / name, engine=where)
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_previews_are_the_same_bytes(tiny_sd, tmp_path, engine):
    from preview_settings import settings
    from tiny_sd import TRAIN, dataset_row, merged, write_dataset

    from dramatis.core.runs import Run
    from dramatis.preview.run import run as preview
    from dramatis.train.params import TrainParams
    from dramatis.train.run import run as train

    spec = Run(method="lora", characters=["ada"], base=str(tiny_sd))
    dataset = write_dataset(tmp_path / "dataset", [dataset_row(n, "ada") for n in range(6)])
    params = TrainParams.model_validate(merged(TRAIN, {"steps": 4}))
    train("one", spec, params, dataset=dataset, out=tmp_path / "models", work=tmp_path / "work")
    for name, where in (("here", LOCAL), ("there", engine)):
        places = {"models": tmp_path / "models", "dataset": dataset, "out": tmp_path / name, "work": tmp_path / "work"}
        preview("one", spec, settings(), **places, engine=where)
    assert files(tmp_path / "here") == files(tmp_path / "there")


def test_no_cluster_is_one_line():
    code = (
        "from dramatis.core.engine import EngineParams\nfrom dramatis.core.errors import one_line_errors\n"
        "from dramatis.core.workers import map_in_order\n"
        "with one_line_errors():\n"
        "    list(map_in_order(int, max, [1], engine=EngineParams(name='ray', address='127.0.0.1:9')))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(TOP / "src")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "params.yaml: engine.address = 127.0.0.1:9: no Ray cluster answers there" in done.stderr


def test_the_section_is_optional_and_checked(tmp_path):
    (tmp_path / "params.yaml").write_text("a: 1\n")
    assert load_engine(tmp_path / "params.yaml") == LOCAL
    (tmp_path / "params.yaml").write_text("engine: {name: dask}\n")
    with pytest.raises(ParameterError, match="engine.name"):
        load_engine(tmp_path / "params.yaml")
    assert load_engine(TOP / "params.yaml") == LOCAL
