"""Work that takes a while: looking through music folders, describing audio, in the background.

A job may be stopped or killed at any moment. It stores what it has in small transactions and
takes up the rest when it is started again.
"""
