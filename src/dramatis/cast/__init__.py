"""Stage `cast`: names for the clusters, from reference pictures and from what people decided."""
