"""The web: pages for people, an API for programs, one application over one `segue.library.Segue`.

::

    run        the process: a socket, uvicorn, an orderly stop
    app        create_app: every route and what surrounds them
    guard      names, origins and headers of every answer; the last net for errors
    failures   every error as a page or as application/problem+json
    shelf      the open library as routes see it
    questions  what is asked, as one model: for queries, forms and bodies
    parameters kinds of values in it: how they are written, between what they lie
    fields     what the form that asks offers
    uploads    a file from outside → a file on disk, limited, for as long as it is needed
    hearing    that file → recommendations
    media      audio by byte ranges, cover art; placeholder draws the missing ones
    playlists  answers and journeys as M3U8 or JSPF
    rendering  templates, links, static files; words says numbers as people read them
    schemas    what the API answers
    api        routes for programs: /api/v1, /recommend, /health, /ready
    pages      routes for people
"""
