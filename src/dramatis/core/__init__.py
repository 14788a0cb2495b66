"""What every stage shares: parameters, errors, seeds, shards, boxes and pictures."""
