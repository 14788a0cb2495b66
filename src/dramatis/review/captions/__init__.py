"""The caption tab of the review page: what a person says of pictures, as lines of `captions.yaml`."""
