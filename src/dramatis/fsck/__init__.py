"""Finds stored bytes that are not what their name says, and repairs them from another copy."""
