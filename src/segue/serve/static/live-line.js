/* The line to the server: sound goes there in pieces, what it is like comes back.

   Tells "told" with every message, and "over" once, with why where it did not end by itself. */

const SEND = 0.3; // seconds of sound in a message
const BEHIND = 5; // seconds of sound that may wait for a slow connection

const CLOSED = {
  title: "The connection ended",
  detail: "The server does not answer any more.",
  remedy: "Is it still running? Then begin again.",
};

export class Line extends EventTarget {
  constructor(address, { rate, lens }) {
    super();
    this.rate = rate;
    this.held = [];
    this.count = 0;
    this.lost = 0;
    this.over = false;
    const url = new URL(address, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new WebSocket(url);
    this.socket.addEventListener("open", () => {
      this.say({ rate, samples: "s16", shown: "page", ...(lens ? { lens } : {}) });
      this.flush();
    });
    this.socket.addEventListener("message", ({ data }) => this.hear(JSON.parse(data)));
    this.socket.addEventListener("close", ({ code, reason }) => {
      const trouble = reason ? { ...CLOSED, detail: reason } : CLOSED;
      this.end(code === 1000 ? null : trouble);
    });
  }

  hear(message) {
    if (message.kind === "ended") this.end(message.trouble);
    else this.dispatchEvent(new CustomEvent("told", { detail: message }));
  }

  end(trouble) {
    if (this.over) return;
    this.over = true;
    this.socket.close();
    this.dispatchEvent(new CustomEvent("over", { detail: trouble }));
  }

  say(message) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  ask(lens) {
    this.say(lens ? { lens } : {});
  }

  /* A piece of sound: Float32Array, full scale 1. */
  give(piece) {
    this.held.push(piece);
    this.count += piece.length;
    if (this.count >= SEND * this.rate) this.flush();
  }

  flush() {
    const { socket, held, count } = this;
    if (socket.readyState === WebSocket.CONNECTING && count < BEHIND * this.rate) return;
    this.held = [];
    this.count = 0;
    if (socket.readyState !== WebSocket.OPEN || socket.bufferedAmount > 2 * BEHIND * this.rate) {
      this.lost += count / this.rate;
      return;
    }
    const samples = new DataView(new ArrayBuffer(2 * count));
    let at = 0;
    for (const piece of held) {
      for (const value of piece) {
        samples.setInt16(at, Math.max(-32768, Math.min(32767, Math.round(value * 32768))), true);
        at += 2;
      }
    }
    if (count) socket.send(samples.buffer);
  }

  /* No more sound comes; the last answer does. */
  finish() {
    this.flush();
    this.say({ end: true });
    if (this.socket.readyState !== WebSocket.OPEN) this.end(null);
  }
}
