"""The command line: one file a verb, over one `segue.library.Segue`.

::

    main       the list of verbs, and the way in
    verb       what every verb shares: options, session, how it is registered
    failures   whatever went wrong → one paragraph or one JSON document, and an exit code
    session    one run: which catalogue, how it speaks
    progress   a bar on a terminal, a line now and then elsewhere
    document   records → JSON
    render     records → tables and sentences for people

Stdout carries the answer alone; progress and notes go to stderr. Nothing heavy is imported before
a verb runs, so that help and completion are immediate.
"""
