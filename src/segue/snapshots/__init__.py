"""Built snapshots kept in files, so that a program starts in a moment and not in a minute.

    classes    which classes may stand in a file
    writing    objects → a graph in JSON, and arrays
    reading    back again: arrays stay in the file and are mapped to memory
    marking    what a kept snapshot must agree with to count
    keeping    the folder: written whole, replaced whole, swept

What is kept holds no truth: it follows from the catalogue and from the code. It counts only where
both are the same as when it was written; anything else is built anew.

Nothing in a file is code. It holds numbers, texts, arrays and containers of these, and objects of
Segue's own classes, which are made without calling anything and are given their attributes. So a
space needs no code to be kept: what it holds is written as it is, and what is shared stays shared.
What cannot be written, such as a handle of a library, is a lazy attribute (`cached_property`) and
is made again when it is first needed, or its class says what it is made of
(`segue.index.plain.Plain`).
"""
