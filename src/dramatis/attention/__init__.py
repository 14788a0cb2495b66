"""Control of what is drawn by attention: edits that leave the rest of a picture as it is, and pictures from outside."""
