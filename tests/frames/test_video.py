import shutil

import av
import pytest
from clips import scene, write_clip

from dramatis.core.errors import InputError, MissingError
from dramatis.frames.video import open_video, read_pictures, time_code


def read(file, allow_partial=False):
    with open_video(file) as video:
        return [(p.index, p.time_s) for p in read_pictures(video, allow_partial)]


def test_time_code():
    assert [time_code(s) for s in (0, 1.0006, 59.9996, 3661.25)] == [
        "00:00:00.000", "00:00:01.001", "00:01:00.000", "01:01:01.250",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "clip, problem",
    [
        ("zero_bytes.mp4", "empty"),
        ("random_bytes.mp4", "cannot read"),
        ("am_sample_malformed_free_box.mp4", "cannot read"),
        ("am_sample_audio_only.mp4", "no video stream"),
        ("decord_corrupted.mp4", "cannot be decoded after 00:00:02."),
        ("derived/asl_sister_truncated.mkv", "ends at 00:00:00.900 of 00:00:02.933"),
        ("", "folder"),
    ],
)
def test_broken_files_say_what_is_wrong(media, clip, problem):
    with pytest.raises(InputError, match=problem) as caught:
        read(media / "broken" / clip)
    assert caught.value.place == str(media / "broken" / clip) and "\n" not in str(caught.value)


def test_missing_file(tmp_path):
    with pytest.raises(MissingError, match="no such file"):
        read(tmp_path / "none.mp4")


@pytest.mark.parametrize("clip, frames", [("decord_corrupted.mp4", 40), ("derived/asl_sister_truncated.mkv", 25)])
def test_a_part_is_taken_on_request(media, clip, frames, caplog):
    assert len(read(media / "broken" / clip, allow_partial=True)) >= frames
    assert "frames taken" in caplog.text


def cut_short(file, share):
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    return file


def test_truncated_header_first_and_header_last(tmp_path):
    file = write_clip(tmp_path / "whole.mp4", (scene(n // 8) for n in range(96)))
    front = tmp_path / "front.mp4"
    with av.open(str(file)) as source, av.open(str(front), "w", options={"movflags": "faststart"}) as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert len(read(front)) == 96
    with pytest.raises(InputError, match="after 00:00:0|ends at"):
        read(cut_short(front, 0.6))
    with pytest.raises(InputError, match="cannot read"):
        read(cut_short(file, 0.6))


def test_no_frames(tmp_path):
    file = write_clip(tmp_path / "none.mp4", [])
    with pytest.raises(InputError, match="no frame|no video|cannot read"):
        read(file)


@pytest.mark.parametrize("name", ["a name with spaces.mp4", "-dash.mp4", "séance 1: début 映画.mp4", "50%d.mp4"])
def test_odd_names(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    clip = write_clip(tmp_path / "clip.mp4", [scene(1)] * 5)
    shutil.copy(clip, tmp_path / name)
    assert len(read(type(clip)(name))) == 5


def test_times_start_where_a_player_starts(media):
    times = [time_s for _, time_s in read(media / "broken/psd_delayed_start.mp4")]
    assert times[0] == 0 and times[-1] == pytest.approx(0.92, abs=0.001)


@pytest.mark.parametrize("clip", ["derived/tos_vfr.mkv", "am_sample_android_slow_motion.mp4", "decord_unordered.mov"])
def test_times_are_those_of_the_stream_and_never_go_back(media, clip):
    read_here = read(media / "broken" / clip)
    with av.open(str(media / "broken" / clip)) as container:
        start = container.start_time / av.time_base
        assert [t for _, t in read_here] == pytest.approx([f.time - start for f in container.decode(video=0)], abs=2e-6)
    assert all(a[1] <= b[1] for a, b in zip(read_here, read_here[1:]))


@pytest.mark.parametrize(
    "clip", ["moviepy_no_duration.webm", "moviepy_video_with_failing_audio.mp4", "tc_av1_video.mkv"]
)
def test_harmless_oddities_are_read_to_the_end(media, clip):
    assert len(read(media / "broken" / clip)) >= 74
