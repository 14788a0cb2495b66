"""Captions that people wrote, keyed by crop."""

import logging
import re
from collections.abc import Mapping

from dramatis.core.errors import ParameterError

CROP_ID = re.compile(r"(?P<video>.+)-\d{6,}-\d{2,}-(full|upper|head)")
PLACE = "cast.yaml: captions"
log = logging.getLogger(__name__)


def captions_of(video: str, captions: Mapping[str, str], crops: Mapping[str, str | None]) -> dict[str, str]:
    """The human captions for the kept crops of one video.

    Args:
        video: id of the video; captions for others are not looked at.
        captions: texts by crop id, of all videos.
        crops: for every crop of the video, the rule that left it out, or None.

    Raises:
        ParameterError: a key is no crop id, this video has no such crop, or a text is empty.
    """
    found = {}
    for crop, text in sorted(captions.items()):
        match = CROP_ID.fullmatch(crop)
        if not match:
            remedy = "Use an id of data/crops, such as e01-000120-00-head"
            raise ParameterError(f"{PLACE}.{crop}", "this is no crop id", remedy)
        if match["video"] != video:
            continue
        if crop not in crops:
            raise ParameterError(f"{PLACE}.{crop}", f"video {video} has no such crop", "Mend the id or take it out")
        if not text.strip():
            raise ParameterError(f"{PLACE}.{crop}", "the caption is empty", "Write one or take the line out")
        if crops[crop]:
            log.warning("%s.%s: not used now, because %s left the crop out", PLACE, crop, crops[crop])
        else:
            found[crop] = text.strip()
    return found
