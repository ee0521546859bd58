"""Canonical form, Merkle trees, signed notes, bundles: what makes a count checkable."""
