"""Learned ears: networks over windows of sound, trained on the tracks of a catalogue.

`learn` reads like a table of contents. Needs PyTorch; what it writes does not.
"""
