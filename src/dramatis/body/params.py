"""Parameters of stage `body`."""

from pydantic import Field

from dramatis.core.params import Params


class BodyParams(Params):
    """Where clothes are looked for.

    A strip runs down from the chin, in five bands: chest, ribs, waist, hips, thighs. How wide and long a body is about
    its face says `crops.proportions.halfbody`.
    """

    strip: float = Field(
        gt=0,
        le=1,
        description="Width of the strip [widths of the half body]; a wide one takes in arms, and what is behind them.",
    )
    min_seen: float = Field(
        gt=0, le=1, description="Share of a band that must lie in the frame and not behind others for it to count."
    )
