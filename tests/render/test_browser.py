"""The page and the clip as a browser has them: nothing refused, nothing cut off, and the film plays to its end."""

from browser_desk import MARKS, browsing
from rendered import params, picture, write_story

from dramatis.render.run import run

pytestmark = MARKS
PICTURES = (
    """return [...document.images].map(one => [one.complete, one.naturalWidth, one.getBoundingClientRect().right])"""
)
PLAY = """
const done = arguments[0], film = document.querySelector("video");
film.muted = true;
film.onended = () => done([film.videoWidth, film.videoHeight, film.duration, film.textTracks.length]);
film.onerror = () => done(film.error.message);
film.currentTime = film.duration - 0.5;
film.play().catch(error => done(String(error)));
"""


def test_page_and_clip(tmp_path):
    board, panels = write_story(
        tmp_path, captions=["A line. " * 60, "x" * 300], images=[picture(0), picture(1, 512, 16)]
    )
    page, clip = (
        run("lost", params(), storyboard=board, panels=panels, out=tmp_path, only=kind)[0] for kind in ("page", "clip")
    )
    with browsing() as browser:
        for width, scheme, paper in ((1280, "light", "253, 252, 248"), (400, "dark", "20, 20, 22")):
            browser.set_window_size(width, 800)
            media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
            browser.get(page.as_uri())
            assert not browser.get_log("browser"), "the browser refused something"
            assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == f"rgb({paper})"
            wide = browser.execute_script("return document.documentElement.clientWidth")
            assert browser.execute_script("return document.documentElement.scrollWidth") <= wide
            assert all(done and size and right <= wide for done, size, right in browser.execute_script(PICTURES))
        browser.get(clip.as_uri())
        told = browser.execute_async_script(PLAY)
    assert told[0] % 2 == told[1] % 2 == 0 and told[2] > 2, told
