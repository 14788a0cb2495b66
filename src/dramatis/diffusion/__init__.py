"""Text to image: load a base, read prompts, draw pictures, write weights. Shared by the stages that train or draw."""

import logging

logging.getLogger("transformers.utils.import_utils").setLevel(logging.ERROR)  # asks for torchvision, of no use here
