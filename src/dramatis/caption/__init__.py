"""Stage `caption`: what every crop shows, in words, the name first."""
