"""The kernel of Python in the template `code-interpreter-v1`."""
