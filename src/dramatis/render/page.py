"""The story as one HTML file that needs nothing else: no script, no network, for screens and for paper."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from dramatis.core.images import Image, encode_png
from dramatis.render.comic import Comic, Panel, sized
from dramatis.render.layout import Place, proportion, rows

LEAST_PX = 512
"""Pictures with a shorter side are enlarged to it, as browsers would blur them more [px]."""
COLUMNS = 2


def page(comic: Comic, language: str) -> str:
    """The page. Texts are escaped, each says its own direction, and nothing but its own style and pictures may load."""
    sides = [proportion(one.image.shape[1], one.image.shape[0]) for one in comic.panels]
    style = files("dramatis.render").joinpath("page.css").read_text("utf-8")
    style = (
        "\n" + style + "".join(f"#{_key(one)} {{ --wide: {side:.4f}; }}\n" for one, side in zip(comic.panels, sides))
    )
    digest = b64encode(sha256(style.encode()).digest()).decode()
    placed = rows(sides, 1.0, 0.0, COLUMNS)
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return "\n".join(
        [
            f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(comic.title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>",
            f'<h1 dir="auto">{escape(comic.title)}</h1>',
            *(_row(row, comic.panels) for row in placed),
            *_flags(comic.panels),
            "</main>\n</body>\n</html>\n",
        ]
    )


def enlarged(image: Image) -> Image:
    """A picture whose shorter side is at least `LEAST_PX`, as `sized` does it."""
    scale = LEAST_PX / min(image.shape[:2])
    return image if scale <= 1 else sized(image, round(image.shape[1] * scale), round(image.shape[0] * scale))


def _key(panel: Panel) -> str:
    return f"scene-{panel.scene}"


def _row(row: Sequence[Place], panels: Sequence[Panel]) -> str:
    return '<div class="row">\n' + "\n".join(_figure(panels[one.panel]) for one in row) + "\n</div>"


def _figure(panel: Panel) -> str:
    data = b64encode(encode_png(enlarged(panel.image))).decode()
    caption = f'<figcaption dir="auto">{escape(panel.caption)}</figcaption>' if panel.caption else ""
    return (
        f'<figure id="{_key(panel)}"><img alt="{escape(panel.said)}" '
        f'src="data:image/png;base64,{data}">{caption}</figure>'
    )


def _flags(panels: Sequence[Panel]) -> list[str]:
    """What a person should look at, folded and never printed."""
    told = [f"<li>Scene {one.scene}: {escape(one.flag)}</li>" for one in panels if one.flag is not None]
    return [f"<details><summary>Flagged panels: {len(told)}</summary><ul>{''.join(told)}</ul></details>"] * bool(told)
