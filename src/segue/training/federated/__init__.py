"""One model of what goes together, trained by several instances that keep their playlists.

What is learned is a linear map from what is said of a track to a few numbers, such that a playlist
is told best by the numbers of its tracks: with the unit vector m_p of what is said of all tracks of
a playlist p, the W of orthonormal columns that makes Σ_p |Wᵀ m_p|² greatest. The features mean the
same everywhere (`segue.spaces.buckets`), so no instance need know the others' tracks, and there is
no basis of one that the others would have to be turned into.

It is found by the power method, one step a round: every instance sends Σ_p clip(m_p (m_pᵀ W)) of
its own playlists with noise, which is where W would move by them alone; the sum of all, made
orthonormal, is the next W. The noisy power method finds the same directions as long as they stand
out of the noise (Hardt & Price, "The noisy power method", NeurIPS 2014).

    privacy     what noise of which strength promises: ε at δ
    plan        what all agree on before the first round
    files       rounds and updates as files that can be looked at, and refused
    foreign     what is in a file that somebody else made
    steps       one instance's update; its noise
    merging     updates into the next round, and the last one into a model
    spending    what a catalogue has spent of its budget
"""
