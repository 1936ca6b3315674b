"""One folder that several programs use at once, also programs of several machines.

    turns      of several who want the same thing made, one makes it
    leases     a file that somebody has mapped to memory is not removed under him

Nothing here knows what lies in the folder. What is in it may be lost at any time and is made again;
so that two do the same work, or that something lies there longer than it is of use, is no harm, but
to wait for ever is one, and so is to read what is gone.
"""
