"""Are the answers good: splits, metrics, intervals, reports, pictures."""
