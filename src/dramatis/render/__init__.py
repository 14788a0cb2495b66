"""Stage `render`: the panels of a story as a strip, a document, a page and a clip."""
