"""A round as CSV: everything that its figures follow from and come to, for auditors.

The files and their columns: docs/reference.md, "A dumped round".
"""
