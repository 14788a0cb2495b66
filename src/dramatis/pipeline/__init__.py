"""The pipeline as data: what each stage imports, reads and writes, and the documents generated from it."""
