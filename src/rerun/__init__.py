"""Runs the collection over municipalities, and builds the site."""
