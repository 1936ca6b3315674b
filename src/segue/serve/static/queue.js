/* What is to be heard: tracks in their order, and where in it one is.

   A plain value without sound or page, so that it can be kept over a reload and checked alone.
   A track is {id, title, artist, duration, start, end}; start and end (seconds) make it a passage. */

const MOST = 2000;
export const REPEATS = ["off", "all", "one"];

let last = 0;

function entry(track) {
  last += 1;
  return {
    key: `${Date.now().toString(36)}-${last}`,
    id: String(track.id),
    title: track.title || "Untitled",
    artist: track.artist || "",
    duration: number(track.duration),
    start: number(track.start),
    end: number(track.end),
  };
}

function number(value) {
  return value === null || value === undefined || value === "" || !Number.isFinite(Number(value)) ? null : Number(value);
}

function mixed(entries) {
  const order = [...entries];
  for (let place = order.length - 1; place > 0; place -= 1) {
    const other = Math.floor(Math.random() * (place + 1));
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}

export class Queue {
  constructor(kept = {}) {
    this.entries = Array.isArray(kept.entries) ? kept.entries : [];
    this.at = Math.min(Math.max(0, kept.at ?? 0), Math.max(0, this.entries.length - 1));
    this.repeat = REPEATS.includes(kept.repeat) ? kept.repeat : "off";
    this.before = Array.isArray(kept.before) ? kept.before : null; // the order before shuffling
    this.source = kept.source ?? "";
  }

  kept() {
    const { entries, at, repeat, before, source } = this;
    return { entries, at, repeat, before, source };
  }

  get current() {
    return this.entries[this.at] ?? null;
  }

  get shuffled() {
    return this.before !== null;
  }

  /* Tracks still to come after this one. */
  get left() {
    return Math.max(0, this.entries.length - this.at - 1);
  }

  play(tracks, { at = 0, source = "" } = {}) {
    const from = Math.max(0, Math.min(at, tracks.length - 1) - MOST / 2);
    const shuffled = this.shuffled;
    this.entries = tracks.slice(from, from + MOST).map(entry);
    this.at = Math.max(0, Math.min(at, tracks.length - 1) - from);
    this.before = null;
    this.source = source;
    if (shuffled) this.shuffle(true);
  }

  /* After what was queued; how many there was room for. */
  add(tracks) {
    const taken = tracks.slice(0, MOST - this.entries.length).map(entry);
    this.entries.push(...taken);
    this.before?.push(...taken.map(({ key }) => key));
    return taken.length;
  }

  /* One further, forwards or back; null where there is nothing. `ended`: of itself, not by hand. */
  step(by, { ended = false } = {}) {
    if (!this.entries.length) return null;
    if (ended && this.repeat === "one") return this.current;
    const next = this.at + by;
    if (next >= 0 && next < this.entries.length) this.at = next;
    else if (this.repeat === "off" || (next < 0 && this.repeat === "one")) return null;
    else this.at = next < 0 ? this.entries.length - 1 : 0;
    return this.current;
  }

  jump(key) {
    const place = this.place(key);
    if (place < 0) return null;
    this.at = place;
    return this.current;
  }

  place(key) {
    return this.entries.findIndex((one) => one.key === key);
  }

  move(key, by) {
    const from = this.place(key);
    const to = from + by;
    if (from < 0 || to < 0 || to >= this.entries.length) return false;
    const playing = this.current;
    const [moved] = this.entries.splice(from, 1);
    this.entries.splice(to, 0, moved);
    this.at = this.entries.indexOf(playing);
    return true;
  }

  /* Whether what was current is gone, so that another one has to play. */
  remove(key) {
    const place = this.place(key);
    if (place < 0) return false;
    const current = place === this.at;
    this.entries.splice(place, 1);
    if (this.before) this.before = this.before.filter((one) => one !== key);
    if (place < this.at) this.at -= 1;
    this.at = Math.max(0, Math.min(this.at, this.entries.length - 1));
    return current;
  }

  clear() {
    this.entries = [];
    this.before = null;
    this.at = 0;
    this.source = "";
  }

  /* Shuffled: this one first, the others in any order. Back: the order of before, this one where it stood. */
  shuffle(on) {
    if (on === this.shuffled) return;
    const playing = this.current;
    if (on) {
      this.before = this.entries.map(({ key }) => key);
      const others = this.entries.filter((one) => one !== playing);
      this.entries = playing ? [playing, ...mixed(others)] : [];
    } else {
      const places = new Map(this.before.map((key, place) => [key, place]));
      this.entries.sort((one, other) => places.get(one.key) - places.get(other.key));
      this.before = null;
    }
    this.at = Math.max(0, this.entries.indexOf(playing));
  }
}
