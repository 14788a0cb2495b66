"""The pocket models: small, trained here on drawn characters, in the file formats of the real ones."""
