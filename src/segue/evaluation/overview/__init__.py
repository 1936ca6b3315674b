"""One table of everything: every method and lens against every question, losers included."""
