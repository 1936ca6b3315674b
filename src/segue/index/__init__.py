"""Nearest neighbours by inner product.

best     the highest of many scores that are already there
exact    vectors searched one by one: nothing is ever missed
"""
