"""The answer: which tracks, in which order, and why.

seeds       what is asked about
lenses      what similar means this time: weights over spaces
filters     what an answer may hold, as a mask
blending    scores of several spaces as one: fast for all tracks, exact for the best
selection   the final list: versions grouped, artists capped
reasons     why each row
engine      all of these, in order
"""
