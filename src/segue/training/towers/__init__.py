"""Two towers: what a track says of itself, and what a playlist asks for, meet in one place.

A **content tower** turns words and numbers of a track into a vector; a **playlist tower** turns
the vectors of a playlist's tracks and the words of its title into another; both are learned so
that a playlist stands near tracks that belong into it. A track that no playlist holds yet has a
vector as any other, since the content tower knows no track by its name.

It is the end-to-end variant beside the linear map of `segue.training.playlists.content`, and is
reported beside it; no space is built from it.

Reference: X. Yi et al., "Sampling-bias-corrected neural modeling for large corpus item
recommendations", RecSys 2019.
"""
