"""The large files of a bundle: each is read once, from beginning to end, and never held whole.

What the checks ask of a file is kept as columns; so a million sealed ballots, six gigabytes, are
verified within a small part of that.
"""
