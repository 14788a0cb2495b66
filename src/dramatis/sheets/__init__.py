"""`dramatis sheet`: the cast on paper: every character with its outfits, who has no name, who was rejected, the map."""
