"""Nearest neighbours by inner product.

best       the highest of many scores that are already there
nearest    what every index promises
exact      vectors compared one by one, in single or half precision: nothing is ever missed
graph      a graph of neighbours over half precision, walked from near to nearer
lists      clusters of bytes in a file, the best of which are compared again in half precision
patched    an index that tracks came to and went from since it was made
served     a graph on a server that keeps the vectors too
choosing   which of these, by how many vectors there are
shelf      indexes kept in files beside the catalogue they follow from
"""
