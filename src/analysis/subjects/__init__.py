"""What is particular to the subject of a notebook: one module each."""
