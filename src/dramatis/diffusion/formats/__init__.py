"""Files of adapters and models as other programs write and read them: one file here for each format."""
