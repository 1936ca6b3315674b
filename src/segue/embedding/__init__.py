"""Sound as a network hears it: windows of the mel spectrogram in, vectors out."""
