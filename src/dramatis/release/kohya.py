"""Adapters in the keys of kohya's sd-scripts, which most other programs read: `lora_unet_…`, `lora_te_…`, `.alpha`."""

from collections.abc import Mapping

import torch

PREFIXES = {"unet": "lora_unet", "text_encoder": "lora_te"}
SIDES = {"lora_A.weight": "lora_down.weight", "lora_B.weight": "lora_up.weight"}


def to_kohya(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same adapter under kohya's names.

    Args:
        tensors: keys `<part>.<module>.lora_A.weight` (down) and `…lora_B.weight` (up), strength folded into them.

    Returns:
        Keys `<prefix>_<module with underscores>.lora_down.weight`, `.lora_up.weight` and `.alpha`; alpha is the rank,
        so that nothing is scaled again.

    Raises:
        ValueError: a key is of another form.
    """
    renamed: dict[str, torch.Tensor] = {}
    for key, tensor in tensors.items():
        part, _, rest = key.partition(".")
        side = next((side for side in SIDES if rest.endswith(f".{side}")), None)
        if part not in PREFIXES or side is None:
            raise ValueError(f"{key} is no key of a LoRA on {' or '.join(PREFIXES)}")
        module = f"{PREFIXES[part]}_{rest.removesuffix(f'.{side}').replace('.', '_')}"
        renamed[f"{module}.{SIDES[side]}"] = tensor
        if side == "lora_A.weight":
            renamed[f"{module}.alpha"] = torch.tensor(float(tensor.shape[0]))
    return renamed
