"""Labelled faces as a folder of pictures: see `photographed` in bench/labelled.py."""

from dramatis.bench.labelled import photographed


def test_people_in_pictures_are_told_apart(media, tmp_path):
    judged = photographed(media, tmp_path)
    assert len(judged.faces) == 64 and judged.ari() >= 0.93
    assert all(len(people) == 1 for people in judged.owners.values())
