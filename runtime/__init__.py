"""Keras's API on torch: `import runtime as keras`."""
