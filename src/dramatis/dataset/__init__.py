"""Stage `dataset`: a Hugging Face dataset of the cast, with pictures held out by shot."""
