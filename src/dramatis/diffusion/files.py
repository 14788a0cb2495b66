"""What a checkpoint folder `models/<run>/step-<n>` holds, and a folder of stage release."""

ADAPTER = "adapter.safetensors"
"""In a checkpoint of lora, loha and lokr: kohya's keys with alpha."""

UNET, TEXT_ENCODER, TEXT_ENCODER_2 = "unet.safetensors", "text_encoder.safetensors", "text_encoder_2.safetensors"
"""In a checkpoint of dreambooth: the weights of the parts that were trained, in the keys of diffusers."""

PARTS = {"unet": UNET, "text_encoder": TEXT_ENCODER, "text_encoder_2": TEXT_ENCODER_2}
"""The same by part."""

EMBEDDING = "embedding.safetensors"
"""In a checkpoint of textual_inversion: `<token>` (and `<token>.2` of SDXL's second encoder), each (vectors, D)."""

CONTROLNET = "controlnet"
"""In a checkpoint of controlnet: a folder that diffusers' ControlNetModel loads."""

RELEASED = "pytorch_lora_weights.safetensors"
"""In a release of lora: the name under which diffusers looks for an adapter."""

PIPELINE = "pipeline"
"""In a release: a whole pipeline in the layout of diffusers."""
