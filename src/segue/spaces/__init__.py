"""Senses of likeness: each puts tracks at points so that near means alike in one sense.

    attributes    what the numbers of a table say: energy, valence, key, tempo …
    text          what the words say: artist, genre, album, title, labels, lyrics
    descriptors   what the signal says: handcrafted statistics of the sound
    embedded      what networks hear: `sound`, `genre`, and those that somebody brings
    votes         what the passages of a track vote for: `genre_votes`
    facets        single features within a space: how far apart, and in which words
    passages      which windows of two tracks are the most alike
    calibration   scores of unlike spaces on one scale; what a missing score probably is
    registry      finding spaces, also somebody else's, by entry point

Every space keeps the promise of `segue.snapshot.Space`. A space of your own is a class that keeps
it and an entry point in the group ``segue.spaces``; ``tests/contracts/test_spaces.py`` finds it.
"""
