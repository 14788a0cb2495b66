"""`make report-picture`: the top of `dramatis report` as the picture of docs/report.md, as a browser shows it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dramatis.core.errors import MissingError, one_line_errors

OUT = Path("docs/report.png")
SIZE_PX = (1180, 1400)
WAIT_S = 120


def draw(out: Path = OUT) -> None:
    """Writes the page, has Chromium draw its top, and stores that with 128 colours.

    Raises:
        MissingError: there is no chromium on PATH.
    """
    from PIL import Image

    chromium = shutil.which("chromium")
    if chromium is None:
        raise MissingError("chromium", "it is not on PATH", "Install it: `apt install chromium`")
    with tempfile.TemporaryDirectory() as folder:
        page, picture = Path(folder, "report.html"), Path(folder, "report.png")
        report = [str(Path(sys.executable).with_name("dramatis")), "report", "--out", str(page)]
        subprocess.run(report, check=True, stdout=subprocess.DEVNULL)
        size = f"--window-size={SIZE_PX[0]},{SIZE_PX[1]}"
        flags = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars", size]
        command = [chromium, *flags, f"--screenshot={picture}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=WAIT_S)
        with Image.open(picture) as drawn:
            drawn.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(out, optimize=True)


if __name__ == "__main__":
    with one_line_errors():
        draw()
