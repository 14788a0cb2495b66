"""What happens to a drawing on its way to a model: film (light, blur, noise, compression) or a generator's softness."""

import cv2
import numpy as np

from dramatis.core.images import Image, decode, encode_jpeg


def film_look(image: Image, rng: np.random.Generator, blur: float = 1.0, light: float = 1.0) -> Image:
    """A frame as a compressed film shows it: other light, sometimes out of focus or moving, noisy, blocky.

    Args:
        blur: factor of the blur; 1 is up to 1.5 px of defocus or 7 px of motion.
        light: strength of the change of light [0..1].
    """
    image = relit(image, rng, light)
    kind = rng.random()
    if kind < 0.3:
        image = cv2.GaussianBlur(image, (0, 0), max(blur * rng.uniform(0.3, 1.5), 0.1))
    elif kind < 0.45:
        image = moved(image, blur * rng.uniform(2, 7), rng.uniform(0, np.pi))
    if rng.random() < 0.3:
        image = noisy(image, rng.uniform(1, 7), rng)
    if rng.random() < 0.6:
        image = decode(encode_jpeg(image, int(rng.integers(25, 96))))
    return image


def generated_look(image: Image, rng: np.random.Generator) -> Image:
    """A picture of about 64 px as an autoencoder gives it back: soft, its colours softer still, faintly mottled."""
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.25, 1.1))
    luma, *colour = cv2.split(cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb))
    colour = [cv2.GaussianBlur(plane, (0, 0), rng.uniform(0.3, 1.8)) for plane in colour]
    image = cv2.cvtColor(cv2.merge([luma, *colour]), cv2.COLOR_YCrCb2RGB)
    height, width = image.shape[:2]
    coarse = rng.normal(0, rng.uniform(1, 9), (-(-height // 4), -(-width // 4), 3)).astype(np.float32)
    mottle = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return relit(_bytes(image + mottle), rng, 0.3)


def relit(image: Image, rng: np.random.Generator, strength: float) -> Image:
    """Half of the pictures stay as they are; the others get, at strength 1, 0.45 to 1.15 of their brightness, a gamma
    of 0.8 to 1.25, and each colour up to 6 % stronger or weaker."""
    if rng.random() < 0.5:
        return image
    level = np.arange(256) / 255
    gain, tint = 1 + strength * rng.uniform(-0.55, 0.15), 1 + strength * rng.uniform(-0.06, 0.06, 3)
    gamma = np.exp(strength * rng.uniform(-0.22, 0.22))
    table = np.stack([_bytes(255 * gain * t * level**gamma) for t in tint], -1)  # (256, 3)
    return cv2.LUT(image, table[:, None])


def moved(image: Image, length_px: float, angle: float) -> Image:
    """Blurred along a straight line of some length, in a direction [rad]."""
    size = 2 * int(np.ceil(length_px / 2)) + 1
    kernel, centre = np.zeros((size, size), np.uint8), (size // 2) * 16
    reach = np.round(length_px * 8 * np.array([np.cos(angle), np.sin(angle)])).astype(int)  # half of it, in 1/16 px
    cv2.line(kernel, (centre - reach).tolist(), (centre + reach).tolist(), 255, 1, cv2.LINE_AA, 4)
    return cv2.filter2D(image, -1, kernel.astype(np.float32) / kernel.sum())


def noisy(image: Image, sigma: float, rng: np.random.Generator) -> Image:
    """With normal noise of some standard deviation [0..255]."""
    return _bytes(image + rng.normal(0, sigma, image.shape))


def _bytes(values: np.ndarray) -> Image:
    return np.clip(np.round(values), 0, 255).astype(np.uint8)
