"""Samples → numbers with a meaning, over one shared spectrum.

A **family** is one module: it names its columns, puts them into groups with words a person
understands, and computes them from a `segue.descriptors.frames.Sound`. `extract.FAMILIES` lists
the families; adding one is a module and a line there.
"""
