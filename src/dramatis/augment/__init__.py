"""Stage `augment`: variants of the training crops in other light."""
