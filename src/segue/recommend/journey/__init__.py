"""Journeys: tracks in an order that is meant.

ground     how alike tracks are by one lens, and how large a jump from one to another is
moves      what changes between tracks beside: tempo, key, energy
routes     the shortest way through a matrix of jumps, in exactly so many steps
path       from one track to another, by small jumps
tours      the best order by costs of neighbours and of places: a search
ordering   a set put in order for listening, along an arc of energy
radio      track after track, for ever
telling    an order as steps, each with the reason why it follows
"""
