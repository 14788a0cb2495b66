import base64
import hashlib
import re
from html.parser import HTMLParser

import numpy as np
from rendered import comic, picture

from dramatis.core.images import decode
from dramatis.render.page import page

NASTY = '</style><script>alert(1)</script>"\'&amp; {"x": 1}'


class Seen(HTMLParser):
    """Elements with their attributes, and the text."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def seen(top, **story):
    return Seen(page(comic(top, **story), "de"))


def test_pictures_captions_and_what_is_seen(tmp_path):
    made = seen(tmp_path)
    assert made.all("html") == [{"lang": "de"}] and "The lost umbrella" in made.text
    assert [image["alt"] for image in made.all("img")] == ["Ada runs."] * 4
    assert "It rains, and Ada runs." in made.text and len(made.all("figure")) == 4
    data = [base64.b64decode(image["src"].removeprefix("data:image/png;base64,")) for image in made.all("img")]
    assert all(decode(one).shape == (512, 512, 3) for one in data)
    large = picture(1, 640, 700)
    shown = seen(tmp_path, captions=["a"], images=[large]).all("img")[0]["src"]
    assert (decode(base64.b64decode(shown.partition(",")[2])) == large).all()


def test_nothing_of_a_text_becomes_markup(tmp_path):
    made = seen(tmp_path, title=NASTY, captions=[NASTY], flags={1: NASTY})
    assert not made.all("script") and made.text.count(NASTY) == 4  # title, heading, caption, flag
    assert {tag for tag, _ in made.elements} <= {
        "html", "head", "meta", "title", "style", "body", "main", "h1", "div", "figure", "img", "figcaption", "details",
        "summary", "ul", "li",
    }  # fmt: skip


def test_nothing_but_its_own_style_and_pictures_may_load(tmp_path):
    text = page(comic(tmp_path), "en")
    policy = next(one["content"] for one in Seen(text).all("meta") if one.get("http-equiv"))
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; img-src data:") and f"style-src 'sha256-{digest}'" in policy
    assert "http" not in text.replace("http-equiv", "") and " style=" not in text and "url(" not in text
    assert "prefers-color-scheme: dark" in style and "@media print" in style


def test_flags_are_told_and_many_panels_have_rows(tmp_path):
    assert "Flagged panels" not in seen(tmp_path).text
    assert "Scene 2: nobody found" in seen(tmp_path, flags={2: "nobody found"}).text
    many = seen(tmp_path, captions=[str(number) for number in range(24)])
    assert len([one for one in many.all("div") if one.get("class") == "row"]) == 12
    assert page(comic(tmp_path), "en") == page(comic(tmp_path), "en")
    odd = seen(tmp_path, captions=["a", ""], images=[np.zeros((1, 9, 3), np.uint8), picture(2, 80, 48)])
    assert len(odd.all("figcaption")) == 1
