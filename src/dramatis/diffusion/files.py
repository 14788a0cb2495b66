"""What a checkpoint folder `models/<run>/step-<n>` holds."""

ADAPTER = "adapter.safetensors"
"""In a checkpoint of lora, loha and lokr: kohya's keys with alpha."""

UNET, TEXT_ENCODER, TEXT_ENCODER_2 = "unet.safetensors", "text_encoder.safetensors", "text_encoder_2.safetensors"
"""In a checkpoint of dreambooth: the weights of the parts that were trained, in the keys of diffusers."""

EMBEDDING = "embedding.safetensors"
"""In a checkpoint of textual_inversion: `<token>` (and `<token>.2` of SDXL's second encoder), each (vectors, D)."""

CONTROLNET = "controlnet"
"""In a checkpoint of controlnet: a folder that diffusers' ControlNetModel loads."""
