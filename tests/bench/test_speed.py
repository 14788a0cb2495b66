from clips import film, write_clip

from dramatis.bench import speed


def test_ratios_of_a_clip(tmp_path, monkeypatch):
    monkeypatch.setattr(speed, "TIMES", 1)
    monkeypatch.setattr(speed, "PICTURES", 4)
    file = write_clip(tmp_path / "film.mp4", film()[0])
    got = speed.figures([file])
    assert set(got) == {"decode_ratio", "analysis_ratio", "write_ratio"} and all(value > 0 for value in got.values())


def test_time_of_processes_counts():
    assert speed.cpu_seconds(lambda: sum(range(200_000))) > 0
