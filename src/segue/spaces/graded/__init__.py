"""Graded ratings: how much, where everything else in Segue knows only whether.

A play count or a mark says how much a listener takes to something. From such ratings, and only
from such, can one be predicted from those of its neighbours (`segue.spaces.graded.neighbours`),
as Surprise's KNNBaseline does. Where every rating is the same there is nothing to predict, and the
space ``together`` is what counts who stands with whom.

It is no space of the snapshot: a space says what is alike, this says how much a listener would.
"""
