"""Watching a server: what it says of itself to those who run it.

::

    lookout    all of this, put around an application
    requests   what every request passes: naming (its id), meters (counters), tracing (spans)
    logs       the log, as text or as JSON
    caches     a cache that counts what it had
    slow       questions to the catalogue that take too long
    pulse      what changes without a request: the engine, memory, connections
    standing   numbers of the catalogue itself
    figures    all numbers, summed up for people
    probe      is the catalogue there, can it be written to, does the cache answer
    readiness  what is missing, and what is worse than it should be

Nothing here holds a name, a title, a word that was searched for or an address with an id in it:
requests are told by the pattern of their route.
"""
