"""The review page: a person looks at the clusters, names, merges and splits them; every click is a line of cast.yaml."""
