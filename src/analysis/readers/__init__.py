"""Readers: one file a format, path in, answers and labels out."""
