"""How a figure is written to files: one module a format, and the record that each file carries."""
