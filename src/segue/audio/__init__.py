"""File → samples: decoding, the excerpt that is analysed, resampling."""
