"""Outside → records: everything that comes in passes one of these doors.

``tables``     track tables (CSV, TSV, Parquet), known layouts and any other by a column mapping
``playlists``  MPD slices, playlist tables, M3U, JSPF
``history``    listening histories: CSV, ListenBrainz, Last.fm
``folder``     a music folder: which files there are, what one file says of itself (``tags``)
``demo``       an invented world with known answers

A door yields records, and a `segue.records.Rejection` for every row, entry or file it cannot
take, naming the place and the reason; what is read and what is rejected add up to what was there.
A source that is wrong as a whole (missing, not a table, unknown columns) is an error instead.
Nothing here knows the catalogue, and memory does not grow with the size of a table or a folder.
"""
