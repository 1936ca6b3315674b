"""Learning from playlists: who stands with whom, and what a blend of that is worth."""
