"""What runs were trained on, for tests."""

from dramatis.core.trained import Trained


def trained(**changes):
    """An adapter that has learned nobody."""
    said = {"method": "lora", "triggers": {}, "style": None, "tokens": 75, "zero_terminal_snr": False}
    return Trained(**said | changes)
