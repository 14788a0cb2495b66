"""Stage `regularize`: class pictures, which show nobody of the cast: drawn by a base, from frames, or from a folder."""
