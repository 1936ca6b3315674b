"""The autoencoder over what a catalogue says of songs, and what is drawn and judged of it.

parameters  what decides how it comes out
material    what it learns from: words, numbers, who is kept aside
moods       the classifier that names an emotion where nobody does
network     encoder, decoder and heads, in PyTorch
targets     what a code is judged by while learning; sound, and the one that collapses
learn       teaching with early stopping
export      the encoder as a graph, its folder, and what the catalogue keeps
maps        any space on a plane
pictures    curves and maps, drawn
"""
