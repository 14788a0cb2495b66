"""Each check of the doctor with made facts: what is well, what only costs something, what will fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramatis.doctor import machine, packages, programs, repository, store, weights
from dramatis.doctor.machine import DiskUse, bytes_needed
from dramatis.doctor.repository import Repository
from dramatis.doctor.store import Cache, Config, Reached
from dramatis.models.state import Row
from dramatis.models.wanted import Named

GB = 1e9


def states(found):
    return [finding.state for finding in (found if isinstance(found, list) else [found])]


@pytest.mark.parametrize(("version", "state"), [((3, 11, 7), "ok"), ((3, 12, 0), "fail"), ((3, 10, 14), "fail")])
def test_python(version, state):
    assert machine.check_python(version).state == state


@pytest.mark.parametrize(
    ("total", "available", "base", "on_gpu", "state"),
    [
        (16 * GB, 12 * GB, 0, False, "ok"),
        (2 * GB, 1 * GB, 0, False, "fail"),
        (16 * GB, 2 * GB, 0, False, "warn"),
        (16 * GB, 14 * GB, 4.3 * GB, False, "warn"),  # 3 + 12.9
        (16 * GB, 14 * GB, 6.9 * GB, False, "fail"),  # 3 + 20.7
        (16 * GB, 14 * GB, 6.9 * GB, True, "ok"),
    ],
)
def test_memory(total, available, base, on_gpu, state):
    assert machine.check_ram(total, available, base, on_gpu).state == state


@pytest.mark.parametrize(
    ("use", "state"),
    [
        (DiskUse(50 * GB, 90e6, 1.5, 1.5, True), "ok"),
        (DiskUse(4 * GB, 90e6, 1.5, 1.5, True), "warn"),
        (DiskUse(50 * GB, 1 * GB, 10, 310, True), "fail"),  # 300 minutes at 0.1 GB, twice
        (DiskUse(50 * GB, 1 * GB, 10, 310, False), "ok"),
        (DiskUse(40 * GB, 1 * GB, 10, 310, False), "warn"),
    ],
)
def test_disk(use, state):
    assert machine.check_disk(use).state == state


def test_room_by_hand():
    assert bytes_needed(DiskUse(0, 100.0, 2, 5, True)) == 300.0  # 3 minutes more, 50 a minute, twice
    assert bytes_needed(DiskUse(0, 0, 0, 2, False)) == 2 * machine.STATED_BYTES_PER_MINUTE


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e12), st.booleans())
def test_room_is_never_negative_and_grows_with_the_videos(done, minutes, written, copies):
    use = DiskUse(0, written, done, minutes, copies)
    assert 0 <= bytes_needed(use) <= bytes_needed(use._replace(minutes=minutes + 1))


@pytest.mark.parametrize(
    ("now", "commit", "disk", "state"),
    [(1000, 900, 1001, "ok"), (1000, None, 1000, "ok"), (1000, 2000, 1000, "warn"), (1000, 900, 1200, "warn")],
)
def test_clock(now, commit, disk, state):
    assert machine.check_clock(now, commit, disk).state == state


def media(**changes):
    said = {"ffmpeg": "/bin/ffmpeg", "version": "ffmpeg 9", "encoders": ["libx264"], "pyav": "18"}
    return programs.Media(**(said | {"filters": ["bwdif", "fieldmatch"], "unreadable": {}} | changes))


def test_what_the_parameters_need_of_ffmpeg():
    assert programs.filters_needed({"frames": {"deinterlace": "auto"}}) == ["fieldmatch", "bwdif"]
    assert programs.filters_needed({"frames": {"deinterlace": "never"}}) == []
    assert programs.encoders_needed({"film": {"titles": []}, "videos": {}}) == []
    assert programs.encoders_needed({"film": {"titles": ["sample"]}}) == ["libx264"]


def test_ffmpeg():
    assert programs.check_ffmpeg(media(), ["libx264"]).state == "ok"
    assert programs.check_ffmpeg(media(ffmpeg=None), []).state == "fail"
    assert "libx264" in programs.check_ffmpeg(media(encoders=[]), ["libx264"]).said


def test_decoding():
    assert states(programs.check_decoding(media(), ["bwdif"], 2)) == ["ok"]
    assert states(programs.check_decoding(media(filters=[]), ["bwdif"], 2)) == ["fail"]
    assert states(programs.check_decoding(media(unreadable={"a.mkv": "broken"}), [], 2)) == ["fail", "ok"]


@pytest.mark.parametrize(
    ("cuda", "driver", "wanted", "state", "said"),
    [
        (None, False, [], "ok", "nothing asks for one"),
        (None, False, ["train.device"], "fail", "no GPU of NVIDIA here, but train.device says cuda"),
        (None, True, ["train.device"], "fail", "this build cannot use it"),
        (None, True, [], "warn", "which this build cannot use"),
        ("13.0", True, [], "warn", "nothing says cuda"),
        ("13.0", True, ["a", "b", "c"], "ok", "a (and 2 more) says cuda"),
        ("13.0", False, [], "ok", "nothing asks for one"),
    ],
)
def test_gpu(cuda, driver, wanted, state, said):
    found = programs.check_torch("2.13.0", cuda, driver, wanted)
    assert found.state == state and said in found.said


def test_a_gpu_that_torch_cannot_use():
    assert programs.check_cuda_runs("ok NVIDIA") is None and programs.check_cuda_runs(None) is None
    assert programs.check_cuda_runs("RuntimeError: no kernel image").state == "fail"


def test_providers():
    assert programs.check_providers({"detect.providers": ["CPU"]}, ["CPU"]).state == "ok"
    assert programs.check_providers({"detect.providers": ["CUDA", "CPU"]}, ["CPU"]).state == "fail"


@pytest.mark.parametrize(
    ("cache", "state"),
    [
        (Cache(".dvc/cache", ("reflink", "copy"), True, True), "ok"),
        (Cache(".dvc/cache", ("reflink", "copy"), False, True), "warn"),
        (Cache("/nas/cache", ("reflink", "copy"), False, False), "warn"),
        (Cache(".dvc/cache", ("hardlink", "copy"), False, True), "fail"),
    ],
)
def test_cache(cache, state):
    assert store.check_cache(cache).state == state


def test_secrets_in_git():
    assert states(store.check_secrets({'remote "a"': {"url": "s3://b", "endpointurl": "http://c"}})) == ["ok"]
    assert states(store.check_secrets({'remote "a"': {"secret_access_key": "x"}})) == ["fail"]
    (found,) = store.check_secrets({'remote "a"': {"url": "https://me:secret@host/x"}})
    assert found.state == "fail" and "secret@" not in found.said


def test_remote():
    url = {"url": "https://me:pw@host/x", "verify": "true"}
    assert states(store.check_remote(None, None, Reached(False))) == ["warn"]
    assert states(store.check_remote(("a", {}), None, Reached(False))) == ["fail"]
    found = store.check_remote(("a", url), None, Reached(True))
    assert states(found) == ["ok"] and "pw" not in found[0].said
    assert states(store.check_remote(("a", {"url": "/nas"}), None, Reached(True, "gone"))) == ["fail", "warn"]


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({"url": "/srv/store"}, None),
        ({"url": "../store"}, None),
        ({"url": "file:///srv"}, None),
        ({"url": "ssh://me@host:2222/x"}, ("host", 2222)),
        ({"url": "ssh://host/x"}, ("host", 22)),
        ({"url": "https://host/x"}, ("host", 443)),
        ({"url": "s3://bucket/x"}, ("s3.amazonaws.com", 443)),
        ({"url": "s3://bucket/x", "endpointurl": "http://127.0.0.1:5000"}, ("127.0.0.1", 5000)),
    ],
)
def test_where_a_remote_is(settings, place):
    assert store.endpoint(settings) == place


def test_default_remote():
    config = Config({}, {"core": {"remote": "a"}, 'remote "a"': {"url": "/x"}})
    assert store.remote_of(config) == ("a", {"url": "/x"}) and store.remote_of(Config({}, {})) is None


def test_git():
    assert states(repository.check_git(Repository(True))) == ["ok"]
    assert states(repository.check_git(Repository(False))) == ["fail"]
    bad = Repository(True, False, ["data/a.parquet"], ["data"], ["dvc.lock"])
    assert states(repository.check_git(bad)) == ["fail", "fail", "fail", "warn"]


def test_packages():
    pinned = packages.pins("# a\nnumpy==2.4.1\ntorch==2.13.0  # cpu\ndvc-ssh[x]==4.3.0\n")
    assert pinned == {"numpy": "2.4.1", "torch": "2.13.0", "dvc-ssh": "4.3.0"}
    here = {"numpy": "2.4.1", "torch": "2.13.0+cpu", "dvc-ssh": "4.3.0"}
    assert packages.check_packages(pinned, here).state == "ok"
    assert packages.check_packages(pinned, here | {"numpy": "2.4.2"}).state == "warn"
    assert packages.check_packages(pinned, here | {"numpy": None}).state == "fail"


def row(state, why=None):
    return Row("wd14", "models/real/wd14", "tags", state, 1, "MIT", [], [], why)


def test_weights():
    from pathlib import Path

    named = [Named("tag.weights", Path("models/real/wd14"), "wd14")]
    assert states(weights.check_named(named, {})) == ["ok"]
    (found,) = weights.check_named(named, {"tag.weights": "there is no models/real/wd14"})
    assert (found.state, found.remedy) == ("fail", "Run `dramatis models pull wd14`")
    assert states(weights.check_locked([])) == ["ok"]
    assert states(weights.check_locked([row("here"), row("by hand"), row("changed", "x"), row("not here")])) == [
        "warn", "fail", "ok",
    ]  # fmt: skip
