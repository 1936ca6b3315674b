"""The code of a song: twenty numbers for all that a catalogue says of it.

    numbers     which numbers of a track an encoder takes
    facts       what is known of tracks: numbers, artists, genres, emotion
    moods       which emotion a track probably has, where nobody says
    manifest    what an encoder says of itself
    encoder     from facts to codes, without PyTorch

The encoder is one half of an autoencoder (`segue.training.latent`). The catalogue keeps it beside
the codes, so a new track, an uploaded file or a typed wish has a code too, and of the same kind.
"""
