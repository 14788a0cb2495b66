import cv2
import numpy as np
import pytest
from builders import picture
from hypothesis import given
from hypothesis import strategies as st
from spoken import WORDS

from dramatis.bench.subtitles import CLIPS, STYLES, found_in, seen, subtitled, written
from dramatis.core.images import decode, encode_jpeg
from dramatis.crops.lettering import lines
from dramatis.crops.subtitles import bands, boxes, clear_rows, shown, sure


def film(style, shots=12, every=2, size=(480, 270), seed=0):
    """Frames (shot, RGB, rows of the text or None), in every second shot with a text."""
    frames = []
    for shot in range(shots):
        for n in range(2):
            image, rows = picture(seed + 40 * shot + n, *size), None
            if shot % every == 1:
                image, rows = written(image, WORDS[shot % len(WORDS)], STYLES[style])
            frames.append((shot, decode(encode_jpeg(image, 90)), rows))
    return frames


def text_of(frames):
    known = bands([(shot, lines(image)) for shot, image, _ in frames])
    return known, [shown(image, known) for _, image, _ in frames]


@pytest.mark.parametrize(("style", "size"), [*((name, (480, 270)) for name in STYLES), ("white", (1280, 720))])
def test_text_is_found_where_it_is_on_and_cut_away(style, size):
    frames = film(style, size=size)
    known, texts = text_of(frames)
    assert len(known) == 1
    for (_, image, rows), text in zip(frames, texts):
        height, width = image.shape[:2]
        top, bottom = clear_rows((0, 0, width, height), boxes(text, width, height), height)
        assert bool(text) == bool(rows)
        if rows:
            assert bottom <= rows[0] + 1 or top >= rows[1] - 1
            assert bottom - top >= 0.8 * height
        else:
            assert (top, bottom) == (0, height)


def test_two_lines_are_cut_together():
    frames = film("white")
    for n, (shot, image, rows) in enumerate(frames):
        if rows:
            shifted = np.roll(written(np.zeros_like(image), "and more of it", STYLES["white"])[0], -18, axis=0)
            frames[n] = (shot, np.where(shifted.max(axis=2, keepdims=True) > 30, shifted, image), rows)
    _, texts = text_of(frames)
    for (_, _, rows), text in zip(frames, texts):
        _, bottom = clear_rows((0, 0, 480, 270), boxes(text, 480, 270), 270)
        assert bottom <= rows[0] - 18 + 3 if rows else bottom == 270


def test_one_text_all_along_is_a_sign_or_a_logo():
    logo = [(shot, written(picture(shot, 480, 270), WORDS[0], STYLES["white"])[0]) for shot in range(12)]
    assert all(any(sure(line) for line in lines(image)) for _, image in logo)
    assert bands([(shot, lines(image)) for shot, image in logo]) == []


def test_texts_of_one_shot_may_be_anything():
    frames = [(0, written(picture(n, 480, 270), WORDS[n % 7], STYLES["white"])[0]) for n in range(12)]
    assert bands([(shot, lines(image)) for shot, image in frames]) == []


def test_rows_of_windows_are_no_text():
    image = np.full((270, 480, 3), 90, np.uint8)
    for x in range(40, 440, 16):
        cv2.rectangle(image, (x, 240), (x + 7, 249), (250, 230, 140), -1)
    assert not any(sure(line) for line in lines(image))


def test_letters_of_a_known_colour_stand_out_from_bright_ground():
    ground = np.full((270, 480, 3), (255, 150, 40), np.uint8)
    image, (top, _) = written(ground, "where we met", STYLES["white"])
    plain, known = (max(lines(image, colour), key=lambda line: line.letters) for colour in (None, (255, 255, 255)))
    assert known.letters >= plain.letters and known.letters >= 6
    assert abs(known.box[1] * 270 - top) <= 3


def test_no_picture_no_text():
    assert lines(np.zeros((1, 1, 3), np.uint8)) == []
    assert bands([]) == [] and shown(np.zeros((9, 9, 3), np.uint8), []) == []
    assert clear_rows((0, 0, 10, 10), boxes([], 10, 10), 10) == (0, 10)


def test_rows_clear_of_text():
    text = np.array([[10, 80, 50, 90.5], [0, 4.5, 20, 8]])
    assert clear_rows((0, 0, 100, 100), text, 100) == (8, 80)
    assert clear_rows((60, 0, 100, 100), text, 100) == (0, 100)  # it stands beside the text
    assert clear_rows((30, 0, 100, 100), text, 100) == (0, 80)


@given(st.lists(st.tuples(*[st.floats(-20, 120)] * 4), max_size=5), st.floats(0, 90), st.floats(1, 50))
def test_no_text_in_clear_rows(corners, left, width):
    text = np.array([[min(a, c), min(b, d), max(a, c), max(b, d)] for a, b, c, d in corners]).reshape(-1, 4)
    top, bottom = clear_rows((left, 0, left + width, 100), text, 100)
    assert 0 <= top <= bottom <= 100
    for x0, y0, x1, y1 in text:
        if x0 < left + width and x1 > left and bottom > top:
            assert y1 <= top or y0 >= bottom


@pytest.mark.parametrize("clip", CLIPS)
def test_real_clips_without_subtitles(media, clip):
    frames = seen(media / clip)
    assert len(frames) >= 20
    assert not any(len(text) for text in found_in(frames))


@pytest.mark.parametrize("style", ["white", *(pytest.param(name, marks=pytest.mark.slow) for name in list(STYLES)[1:])])
def test_subtitles_on_a_real_clip(media, style):
    made = subtitled(seen(media / "videos/signers_20shots.mp4"), style)
    texts = found_in([(frame.shot, frame.image) for frame in made])
    assert np.mean([bool(len(text)) == bool(frame.rows) for frame, text in zip(made, texts)]) >= 0.97
