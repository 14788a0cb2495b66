"""Fonts, with small ones made here: of boxes, in a folder that fontconfig is shown alone."""

import shutil

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from dramatis.core.errors import InputError, MissingError
from dramatis.render import letters
from dramatis.render.letters import face_for, letters_of, seen_letters

fontconfig = pytest.mark.skipif(not shutil.which("fc-match"), reason="no fontconfig on PATH")


def build_font(file, family, characters):
    """A font in which every character is a box."""
    names = [".notdef", *(f"uni{ord(one):04X}" for one in characters)]
    pen = TTGlyphPen(None)
    for step, corner in enumerate([(50, 0), (50, 700), (550, 700), (550, 0)]):
        (pen.moveTo if step == 0 else pen.lineTo)(corner)
    pen.closePath()
    box = pen.glyph()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(one): name for one, name in zip(characters, names[1:])})
    font.setupGlyf(dict.fromkeys(names, box))
    font.setupHorizontalMetrics(dict.fromkeys(names, (600, 50)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200)
    font.setupPost()
    font.save(file)
    return file


@pytest.fixture
def only_fonts(tmp_path, monkeypatch):
    """A folder of fonts that fontconfig sees alone."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    (tmp_path / "fonts.conf").write_text(
        f'<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>{folder}</dir>'
        f"<cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>"
    )
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    letters._found.cache_clear()
    yield folder
    letters._found.cache_clear()


@pytest.mark.parametrize("text", ["Größe", "Ветер уносит", "שלום", "مرحبا", "Ωραία", "", "a\u00adb\u200dc"])
def test_dejavu_comes_first(text):
    assert face_for(text, "title", None, "en").file.name == "DejaVuSans.ttf"
    assert face_for(text, "title", None, "en", bold=True).file.name == "DejaVuSans-Bold.ttf"


def test_blanks_and_joiners_need_no_letters():
    assert seen_letters("a b\u00a0\u200d\ufe0f\u00ad\n") == {"a", "b"}


@fontconfig
def test_another_font_is_found_for_another_script(only_fonts):
    wanted = build_font(only_fonts / "box.ttf", "Box", "雪がadA ")
    build_font(only_fonts / "half.ttf", "Half", "雪")
    face = face_for("Ada 雪が", "caption of scene 1", None, "ja")
    assert face.file == wanted and letters_of(face) >= set("雪がA")


@fontconfig
def test_no_font_is_one_line_that_names_letters_and_package(only_fonts):
    build_font(only_fonts / "box.ttf", "Box", "abc")
    with pytest.raises(MissingError, match="caption of scene 2: .* has no 雪 .CJK UNIFIED IDEOGRAPH-96EA.*noto-cjk"):
        face_for("雪", "caption of scene 2", None, "ja")
    with pytest.raises(MissingError, match="HIRAGANA.*and 2 more|and 2 more.*HIRAGANA"):
        face_for("あいうえおかきくけこ", "title", None, "ja")
    with pytest.raises(MissingError, match="DEVANAGARI.*fonts-noto-core"):
        face_for("क", "title", None, "hi")


def test_without_fontconfig_it_is_the_same_line(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    letters._found.cache_clear()
    with pytest.raises(MissingError, match=r"render\.font"):
        face_for("雪", "title", None, "ja")


def test_a_font_that_is_named_must_have_the_letters(tmp_path):
    file = build_font(tmp_path / "box.ttf", "Box", "abc")
    assert face_for("cab", "title", str(file), "en").file == file
    with pytest.raises(MissingError, match="box.ttf has no x"):
        face_for("axb", "title", str(file), "en")
    with pytest.raises(MissingError, match="no such font file"):
        face_for("a", "title", str(tmp_path / "none.otf"), "en")
    (tmp_path / "no.ttf").write_bytes(b"no font")
    with pytest.raises(InputError, match="it is no font"):
        face_for("a", "title", str(tmp_path / "no.ttf"), "en")


@fontconfig
def test_a_family_that_is_named_must_be_there(only_fonts):
    file = build_font(only_fonts / "box.ttf", "Box Letters", "abc")
    assert face_for("cab", "title", "box letters", "en").file == file
    with pytest.raises(MissingError, match="no such family is installed; nearest is Box Letters"):
        face_for("cab", "title", "Comic Hand", "en")
