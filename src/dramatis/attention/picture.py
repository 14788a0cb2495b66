"""Pictures that know how they were drawn: a PNG with its recipe in a text field."""

from importlib.metadata import version
from io import BytesIO
from pathlib import Path

import PIL.Image
from PIL.PngImagePlugin import PngInfo

from dramatis.core.errors import InputError
from dramatis.core.images import Image
from dramatis.core.recipe import Recipe

FIELD = "dramatis-recipe"
"""Text field of a PNG with the recipe as JSON."""
LIBRARIES = ("torch", "diffusers", "transformers")


def versions() -> dict[str, str]:
    """Of the libraries that decide a picture's pixels."""
    return {name: version(name) for name in LIBRARIES}


def with_recipe(image: Image, recipe: Recipe) -> bytes:
    """PNG bytes of an RGB picture with its recipe."""
    text = PngInfo()
    text.add_itxt(FIELD, recipe.model_dump_json())
    data = BytesIO()
    PIL.Image.fromarray(image).save(data, "PNG", pnginfo=text)
    return data.getvalue()


def recipe_in(file: Path) -> Recipe | None:
    """The recipe in a PNG; None of a picture without one.

    Raises:
        InputError: the file is no picture, or its recipe is damaged.
    """
    try:
        with PIL.Image.open(file, formats=("PNG", "JPEG", "WEBP")) as picture:
            found = picture.info.get(FIELD)
        return Recipe.model_validate_json(found) if found else None
    except (PIL.UnidentifiedImageError, SyntaxError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise InputError(
            str(file), f"no recipe can be read from it ({said})", "Take the picture as it was drawn"
        ) from None
