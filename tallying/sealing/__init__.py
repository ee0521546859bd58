"""Sealed rounds: sealing a ballot to two bodies, and opening one layer after the other offline.

`docs/formats/sealed.md` says what every byte means.
"""
