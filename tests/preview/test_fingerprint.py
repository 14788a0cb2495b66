"""What decides the pictures of a step."""

import numpy as np
from preview_settings import settings

from dramatis.preview.fingerprint import digest_of, folder_digest, said_by
from dramatis.preview.prompts import Control, Request

ONE = Request("fixed-ada-00-00", "fixed", ("ada",), "ada, forest", None, ["forest"], 5)


def test_other_weights_and_names_are_seen(tmp_path):
    files = {"a": {"x": b"1"}, "b": {"x": b"2"}, "c": {"y": b"1"}, "d": {"x": b"1"}}
    for folder, inside in files.items():
        (tmp_path / folder / "deep").mkdir(parents=True)
        for name, content in inside.items():
            (tmp_path / folder / "deep" / name).write_bytes(content)
    digests = [folder_digest(tmp_path / folder) for folder in files] + [folder_digest(None)]
    assert digests[0] == digests[3] and len({*digests}) == 4
    assert all(len(digest) == 16 for digest in digests)


def test_other_settings_are_seen():
    changes = ({}, {"scale": 0.5}, {"drawing": {"steps": 3}}, {"forget": {"negative": "x"}})
    assert len({digest_of(settings(**change).model_dump()) for change in changes}) == len(changes)


def test_everything_of_a_request_counts():
    black, white = (Control(np.full((8, 8, 3), level, np.uint8), None) for level in (0, 255))
    others = [
        ONE._replace(**change)
        for change in (
            {"prompt": "ada"},
            {"negative": ""},
            {"seed": 6},
            {"size": (64, 96)},
            {"control": black},
            {"control": white},
        )
    ]
    assert len({digest_of(said_by(one)) for one in (ONE, *others)}) == len(others) + 1
    assert digest_of(said_by(ONE._replace(control=black))) == digest_of(said_by(others[4]))
