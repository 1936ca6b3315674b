/* Runs in the browser's audio thread: the mean of all channels, in pieces of a tenth of a second. */

class Pieces extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Float32Array(Math.round(sampleRate / 10));
    this.filled = 0;
  }

  process([channels]) {
    if (!channels.length) return true; // nothing is connected, or it rests
    const { piece } = this;
    for (let at = 0; at < channels[0].length; at += 1) {
      let sum = 0;
      for (const channel of channels) sum += channel[at];
      piece[this.filled] = sum / channels.length;
      this.filled += 1;
      if (this.filled === piece.length) {
        this.port.postMessage(piece); // a copy of it
        this.filled = 0;
      }
    }
    return true;
  }
}

registerProcessor("segue-pieces", Pieces);
