"""One script a revision, in the order of their numbers."""
