"""Stage `augment`: variants of the crops in other light."""
