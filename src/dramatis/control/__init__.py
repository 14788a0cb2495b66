"""Stage `control`: control images, drawn from crops, that tell a ControlNet what to keep."""
