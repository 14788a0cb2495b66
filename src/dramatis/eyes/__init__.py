"""What is seen in drawn pictures: faces, whose they are, tags, style, and whether it was copied."""
