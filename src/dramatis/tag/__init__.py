"""Stage `tag`: what a tagger or a captioner sees in every crop and scene of a video."""
