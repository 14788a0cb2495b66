"""The stories that writer `grammar` makes: words, the reading of a line, the plan of its panels, their telling."""
