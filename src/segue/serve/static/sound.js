/* One sound: the element that plays, in the time of the track.

   What the browser cannot play is asked for as MP3, made by the server while it plays. Such a
   stream begins where it was asked to, so the time of the element is not that of the track:
   `position`, `duration` and `seek` are in seconds of the track whatever is played. */

import { trouble } from "./notice.js";

const CONVERTED = "mp3";
const LEAD = 0.3; // seconds before the end of a passage from which a timer takes over
const LOUDNESS = -14; // LUFS that louder tracks are brought down to

const kept = new Map();
const KEPT = 60;

/* What the server knows of a track's sound: peaks, highlight, type, loudness. */
export function factsOf(address) {
  if (!kept.has(address)) {
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
    const asked = fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    asked.then((facts) => {
      if (!facts?.peaks?.length) kept.delete(address); // perhaps it is measured the next time
    });
    kept.set(address, asked);
  }
  return kept.get(address);
}

export class Sound extends EventTarget {
  /* `address(id, what)` gives the address of a track's "audio" or "peaks". */
  constructor(audio, address) {
    super();
    this.audio = audio;
    this.address = address;
    this.track = null;
    this.facts = null;
    this.base = 0; // seconds of the track at which the element's own time begins
    this.pending = null; // where it is to begin, until there is something to go in
    this.converted = false;
    this.wanted = false; // whether it is meant to play, whatever the element does just now
    this.level = 1;
    this.even = true;
    this.timer = 0;
    this.turn = 0;
    for (const name of ["play", "pause", "timeupdate", "waiting", "playing", "durationchange"]) {
      audio.addEventListener(name, () => this.tell(name));
    }
    audio.addEventListener("loadedmetadata", () => this.settle());
    audio.addEventListener("timeupdate", () => this.watchEnd());
    audio.addEventListener("ended", () => this.finish());
    audio.addEventListener("error", () => this.failed());
    audio.addEventListener("play", () => {
      if (!audio.paused) this.wanted = true; // by hand, where the element shows its own controls
    });
    audio.addEventListener("pause", () => {
      if (!audio.ended) this.wanted = false; // by hand, or by the system
    });
  }

  tell(name) {
    this.dispatchEvent(new CustomEvent(name));
  }

  get position() {
    return this.pending ?? this.base + this.audio.currentTime;
  }

  get duration() {
    const { duration } = this.audio;
    if (!this.converted && Number.isFinite(duration) && duration > 0) return duration;
    return this.facts?.duration ?? this.track?.duration ?? 0;
  }

  get paused() {
    return this.audio.paused;
  }

  /* Take a track; `at` is where in it to begin. */
  load(track, { at = 0, play = true } = {}) {
    this.turn += 1;
    this.track = track;
    this.facts = null;
    this.tried = false;
    const turn = this.turn;
    this.open(at, { converted: false, play });
    factsOf(this.address(track.id, "peaks")).then((facts) => {
      if (turn !== this.turn || facts === null) return;
      this.facts = facts;
      this.setLevel();
      this.tell("facts");
      if (!this.converted && facts.type && this.audio.canPlayType(facts.type) === "") this.convert();
    });
    this.setLevel();
  }

  open(at, { converted, play }) {
    clearTimeout(this.timer);
    this.converted = converted;
    this.wanted = play;
    const address = this.address(this.track.id, "audio");
    this.base = converted ? at : 0;
    this.pending = converted || at === 0 ? null : at;
    this.audio.src = converted ? `${address}?as=${CONVERTED}&from=${at.toFixed(2)}` : address;
    if (play) this.play();
    this.tell("timeupdate");
  }

  /* Go to where it is to begin, as soon as there is something to go in. */
  settle() {
    if (this.pending === null) return;
    this.audio.currentTime = this.pending - this.base;
    this.pending = null;
  }

  convert() {
    if (this.tried) return;
    this.tried = true;
    this.open(this.position, { converted: true, play: this.wanted });
  }

  async play() {
    this.wanted = true;
    try {
      await this.audio.play();
    } catch (error) {
      // AbortError: another one was taken meanwhile. NotSupportedError comes as an event too.
      if (error.name === "NotAllowedError") {
        this.wanted = false;
        this.tell("refused");
        this.tell("pause");
      }
    }
  }

  pause() {
    this.wanted = false;
    this.audio.pause();
  }

  stop() {
    this.turn += 1;
    this.track = null;
    this.facts = null;
    this.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  seek(seconds) {
    const to = Math.max(0, Math.min(seconds, this.duration ? this.duration - 0.05 : seconds));
    if (this.converted && !this.reaches(to - this.base)) {
      this.open(to, { converted: true, play: this.wanted });
    } else if (this.audio.readyState === 0) {
      this.pending = to;
    } else {
      this.pending = null;
      this.audio.currentTime = to - this.base;
    }
    // A passage that is left by hand is a passage no more.
    if (this.track && this.track.end !== null && (to >= this.track.end || to < (this.track.start ?? 0))) {
      this.track = { ...this.track, start: null, end: null };
    }
    this.tell("timeupdate");
  }

  reaches(seconds) {
    const { buffered } = this.audio;
    for (let part = 0; part < buffered.length; part += 1) {
      if (buffered.start(part) <= seconds && seconds < buffered.end(part)) return true;
    }
    return false;
  }

  watchEnd() {
    clearTimeout(this.timer);
    const end = this.track?.end ?? null;
    if (end === null || this.audio.paused || this.pending !== null) return;
    const left = end - this.position;
    if (left <= 0) this.finish();
    else if (left < LEAD) this.timer = setTimeout(() => this.watchEnd(), left * 1000);
  }

  finish() {
    clearTimeout(this.timer);
    this.tell("finished");
  }

  async failed() {
    if (!this.track || !this.audio.getAttribute("src")) return;
    const network = this.audio.error?.code === MediaError.MEDIA_ERR_NETWORK;
    if (!this.tried && !network) {
      this.convert();
      return;
    }
    const { turn } = this;
    const why = await reason(this.audio.getAttribute("src"));
    if (turn !== this.turn) return;
    this.wanted = false;
    this.dispatchEvent(new CustomEvent("failed", { detail: why }));
  }

  /* Volume: the listener's, and less of it for what is louder than others. */
  set volume(level) {
    this.level = level;
    this.setLevel();
  }

  get volume() {
    return this.level;
  }

  setLevel() {
    const loudness = this.even ? this.facts?.loudness ?? null : null;
    const gain = loudness === null ? 1 : Math.min(1, 10 ** ((LOUDNESS - loudness) / 20));
    this.audio.volume = this.level * gain;
  }
}

/* Why an address gives no sound, in the server's own words. `gone`: the server itself. */
async function reason(address) {
  const asked = new AbortController();
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" }, signal: asked.signal });
    if (response.ok) {
      asked.abort();
      return { text: "Your browser cannot play this file.", gone: false };
    }
    return { text: await trouble(response), gone: false };
  } catch {
    return { text: "The server does not answer. Is it still running?", gone: true };
  }
}
