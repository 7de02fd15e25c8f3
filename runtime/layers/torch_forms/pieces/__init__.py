"""Functions and classes that are written into PyTorch programs as they stand here."""
