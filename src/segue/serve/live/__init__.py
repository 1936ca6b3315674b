"""Live listening: sound comes in over a WebSocket, what is like it goes back.

::

    asked      what a listener says: the form of the samples, the question, the end
    pace       how much may come, how fast, and from how many at once
    told       what is answered: attributes, similar tracks, how much was heard
    sound      one conversation from the first message to the last
"""

from __future__ import annotations

from segue.serve.live import sound

router = sound.router
"""The router of live listening."""
