"""Parameters of stage `outfit`."""

from pydantic import Field, PositiveInt

from dramatis.core.params import Params


class OutfitParams(Params):
    """How the shots of a character become outfits.

    Differences are those of colours in Lab, as they would look in the light in which the character is mostly seen: 10
    is a shade, 40 is red against orange.
    """

    max_difference: float = Field(gt=0, le=200, description="Largest mean difference of groups of shots that join.")
    reach: float = Field(
        gt=0, le=200, description="A shot left over joins the nearest outfit up to this difference, else it has none."
    )
    min_shots: PositiveInt = Field(
        description="Shots that an outfit needs; fewer are left over, but a character's largest group stays."
    )
