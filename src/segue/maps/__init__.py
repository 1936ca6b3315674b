"""A catalogue on a plane: near means alike, as far as two numbers can say it.

    neighbours   who is nearest to whom in a space
    repulsion    how all points of a plane push each other away, counted on a grid
    layout       places on the plane: neighbours pull, all others push
    regions      the crowds of a plane, and where one ends
    chart        a drawn map: places and regions of tracks, kept in a file, fitted to a catalogue
    directions   what a space tells of its tracks so that they can be laid out
    shown        a chart as it shows a catalogue
    called       what a region is called: the genres or artists that are commoner there

All of it works on vectors and numbers. Which space is drawn, and for whom, is said in
`segue.library.mapping`.
"""
