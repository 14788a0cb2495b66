"""Names of layers in adapter files: kohya's `lora_unet_…`, `lora_te_…`, which most programs read."""

PREFIXES = {
    "sd": {"unet": "lora_unet", "text_encoder": "lora_te"},
    "sdxl": {"unet": "lora_unet", "text_encoder": "lora_te1", "text_encoder_2": "lora_te2"},
}
"""By family and part."""


def kohya_name(family: str, part: str, module: str) -> str:
    """Name of a layer: `lora_te_text_model_encoder_layers_0_mlp_fc1`.

    Args:
        family: sd or sdxl.
        part: unet, text_encoder or text_encoder_2.
        module: path of the layer inside the part, as `named_modules` gives it. Transformers 5 has no `text_model` in
            CLIPTextModel any more; the files have.
    """
    inner = "text_model." if part.startswith("text_encoder") and not module.startswith("text_model.") else ""
    return f"{PREFIXES[family][part]}_{inner}{module}".replace(".", "_")
