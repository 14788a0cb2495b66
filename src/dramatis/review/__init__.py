"""The review page: a person names, merges and splits the clusters; every click is a line of cast.yaml."""
