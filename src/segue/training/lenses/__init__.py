"""The weights of the lens ``balanced``, learned on what was held out.

evidence   what every space says of the candidates of questions whose answer is known
search     the weights that put the answers highest
questions  which questions a catalogue can ask itself: playlists held out, tracks by one artist
learn      weights for every pattern of spaces and number of seeds, and how well they do
"""
