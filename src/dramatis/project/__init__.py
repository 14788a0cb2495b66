"""Projects outside this repository: made by `dramatis init`, brought up to the installed code by `dramatis upgrade`."""
