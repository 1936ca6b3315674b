/* The player: a bar that stays while pages change.

   What is to be heard stands in a queue (queue.js), one element plays it (sound.js). Everything on
   any page that plays speaks to the player through the document: clicks on data-play and
   data-enqueue, and the events segue:play and segue:enqueue. It answers with segue:state, so that
   a page can show what plays; with segue:queue-low and segue:skipped, so that it can go on. */

import { notify } from "./notice.js";
import { Queue, REPEATS } from "./queue.js";
import { Sound, factsOf } from "./sound.js";
import { Bar } from "./bar.js";
import { listen } from "./keys.js";

const KEPT = "segue.player";
const WISHES = "segue.player.wishes";
const RESTART = 3; // seconds after which "previous" means the beginning of this one
const LOW = 2;
const PREVIEW = 30;
const GIVING_UP = 3; // tracks in a row that could not be played

function stored(store, key) {
  try {
    return JSON.parse(store.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function store(where, key, value) {
  try {
    where.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: then nothing is kept, and everything else works.
  }
}

/* The track that an element of a page names. */
function trackOf(element) {
  const { play, enqueue, title, artist, duration, start, end } = element.dataset;
  return { id: play ?? enqueue, title, artist, duration, start, end };
}

class Player {
  constructor(element) {
    this.element = element;
    this.root = element.dataset.tracks;
    this.queue = new Queue(stored(sessionStorage, KEPT).queue);
    const audio = element.querySelector("audio");
    this.sound = new Sound(audio, (id, what) => `${this.pageOf(id)}/${what}`);
    this.wishes = { volume: 1, muted: false, even: true, preview: false, ...stored(localStorage, WISHES) };
    this.failures = 0;
    this.done = false; // whether the last one of the queue has been heard to its end
    this.bar = new Bar(element, this);
    this.others = new BroadcastChannel("segue.player");
    this.others.onmessage = () => this.sound.pause(); // another window plays now
    this.hear();
    this.applyWishes();
  }

  pageOf(id) {
    return `${this.root}/${encodeURIComponent(id)}`;
  }

  hear() {
    const { sound } = this;
    const show = () => this.show();
    for (const name of ["play", "pause", "facts", "durationchange"]) sound.addEventListener(name, show);
    sound.addEventListener("timeupdate", () => this.showTime());
    sound.addEventListener("play", () => {
      this.others.postMessage("playing");
      for (const other of document.querySelectorAll("audio, video")) if (other !== sound.audio) other.pause();
      this.keep();
    });
    // A page may have a sound of its own: one of them at a time.
    document.addEventListener("play", ({ target }) => {
      if (target !== sound.audio) sound.pause();
    }, true);
    sound.addEventListener("playing", () => {
      this.failures = 0;
      this.bar.waiting(false);
    });
    sound.addEventListener("waiting", () => this.bar.waiting(true));
    sound.addEventListener("pause", () => {
      this.bar.waiting(false);
      this.keep();
    });
    sound.addEventListener("finished", () => this.next({ ended: true }));
    sound.addEventListener("failed", ({ detail }) => this.failed(detail));
  }

  /* Take up what was heard before the page was loaded again. */
  resume() {
    const { position = 0, playing = false } = stored(sessionStorage, KEPT);
    if (!this.queue.current) {
      this.show();
      return;
    }
    this.begin(this.queue.current, { at: position, play: playing });
  }

  keep() {
    const { queue, sound } = this;
    store(sessionStorage, KEPT, { queue: queue.kept(), position: sound.position, playing: !sound.paused });
  }

  applyWishes() {
    const { sound, wishes } = this;
    sound.even = wishes.even;
    sound.volume = wishes.volume;
    sound.audio.muted = wishes.muted;
    store(localStorage, WISHES, wishes);
    this.bar.wishes(wishes);
  }

  wish(changes) {
    const before = this.wishes.preview;
    this.wishes = { ...this.wishes, ...changes };
    this.applyWishes();
    if (this.wishes.preview === before || !this.queue.current) return;
    // To the highlight; or on from where one is, to the end of the track.
    const at = before ? this.sound.position : null;
    this.begin(this.queue.current, { at, play: !this.sound.paused });
  }

  /* Begin a track; a passage begins where it begins, and only its highlight is heard on request. */
  async begin(entry, { at = null, play = true } = {}) {
    this.done = false;
    let track = entry;
    if (this.wishes.preview && entry.start === null && entry.end === null) {
      track = { ...entry, ...(await this.highlight(entry)) };
      if (this.queue.current !== entry) return;
    }
    this.sound.load(track, { at: at ?? track.start ?? 0, play });
    this.show();
    this.bar.queue(this.queue);
    if (play) this.bar.say(`${entry.title}${entry.artist ? ` by ${entry.artist}` : ""}`);
    this.keep();
    const following = this.queue.entries[this.queue.at + 1];
    if (following) factsOf(`${this.pageOf(following.id)}/peaks`);
    if (this.queue.left <= LOW) this.low();
  }

  async highlight({ id, duration }) {
    const facts = await factsOf(`${this.pageOf(id)}/peaks`);
    const [start, end] = facts?.highlight ?? [0, Math.min(PREVIEW, duration ?? PREVIEW)];
    return { start, end };
  }

  low() {
    const { left, source } = this.queue;
    document.dispatchEvent(new CustomEvent("segue:queue-low", { detail: { left, source } }));
  }

  playAll(tracks, { at = 0, source = "", position = null } = {}) {
    if (!tracks.length) return;
    this.failures = 0;
    this.queue.play(tracks, { at, source });
    this.begin(this.queue.current, { at: position });
  }

  enqueue(tracks) {
    if (!tracks.length) return;
    const idle = !this.queue.current;
    const over = !idle && this.queue.left === 0 && this.sound.paused && this.done;
    const taken = this.queue.add(tracks);
    if (idle) this.begin(this.queue.current);
    else if (over) this.next({ ended: true });
    this.bar.queue(this.queue);
    this.show();
    this.keep();
    if (taken < tracks.length) notify(`The queue is full: ${tracks.length - taken} tracks were left out.`);
    else this.bar.say(taken === 1 ? `${tracks[0].title} is in the queue` : `${taken} tracks are in the queue`);
  }

  toggle() {
    if (!this.queue.current) return;
    if (!this.sound.track) this.begin(this.queue.current);
    else if (this.sound.paused) this.sound.play();
    else this.sound.pause();
  }

  next({ ended = false } = {}) {
    const { queue, sound } = this;
    const leaving = queue.current;
    if (!leaving) return;
    if (!ended) {
      const detail = { id: leaving.id, at: sound.position, source: queue.source };
      document.dispatchEvent(new CustomEvent("segue:skipped", { detail }));
    }
    const entry = queue.step(1, { ended });
    this.done = entry === null;
    if (entry) this.begin(entry);
    else this.atTheEnd();
  }

  /* Nothing follows: rest at the beginning of the last one. */
  atTheEnd() {
    this.sound.pause();
    this.low();
    if (this.done) this.sound.seek(this.sound.track?.start ?? 0);
    this.show();
    this.keep();
  }

  previous() {
    const start = this.sound.track?.start ?? 0;
    const entry = this.sound.position - start > RESTART ? null : this.queue.step(-1);
    if (entry) this.begin(entry);
    else this.seek(start);
  }

  seek(seconds) {
    if (!this.sound.track) return;
    this.sound.seek(seconds);
    this.keep();
  }

  skip(by) {
    this.seek(this.sound.position + by);
  }

  jump(key) {
    if (this.queue.jump(key)) this.begin(this.queue.current);
  }

  move(key, by) {
    this.queue.move(key, by);
    this.changed();
  }

  remove(key) {
    const playing = !this.sound.paused;
    if (!this.queue.remove(key)) this.changed();
    else if (this.queue.current) this.begin(this.queue.current, { play: playing });
    else this.clear();
  }

  clear() {
    this.queue.clear();
    this.sound.stop();
    this.changed();
  }

  shuffle() {
    this.queue.shuffle(!this.queue.shuffled);
    this.changed();
  }

  repeat() {
    this.queue.repeat = REPEATS[(REPEATS.indexOf(this.queue.repeat) + 1) % REPEATS.length];
    this.changed();
  }

  changed() {
    this.bar.queue(this.queue);
    this.show();
    this.keep();
  }

  failed({ text, gone }) {
    const { title } = this.queue.current ?? { title: "" };
    notify(gone ? text : `${title}: ${text}`);
    this.failures += 1;
    this.show();
    if (gone || this.failures >= GIVING_UP || this.queue.left === 0) return;
    this.next({ ended: true });
  }

  get state() {
    const { queue, sound } = this;
    const track = sound.track ?? queue.current;
    return {
      track,
      paused: sound.paused,
      position: sound.track ? sound.position : 0,
      duration: sound.duration,
    };
  }

  show() {
    const { state } = this;
    this.bar.now(state, this.sound.facts);
    mark(state);
    this.showTime();
  }

  showTime() {
    const { state } = this;
    this.bar.time(state);
    document.dispatchEvent(new CustomEvent("segue:state", { detail: state }));
  }
}

/* Buttons of the page show whether what they name is playing. */
function mark({ track, paused }) {
  for (const button of document.querySelectorAll("[data-play]")) {
    const on = !paused && names(button, track);
    if (button.getAttribute("aria-pressed") !== String(on)) button.setAttribute("aria-pressed", String(on));
  }
}

function names(button, track) {
  if (!track || button.dataset.play !== track.id) return false;
  const start = button.dataset.start === undefined ? null : Number(button.dataset.start);
  return start === null || start === track.start;
}

function clicked(event, player) {
  const all = event.target.closest("[data-play-list]");
  if (all) {
    player.playAll(JSON.parse(all.dataset.playList));
    return;
  }
  const queued = event.target.closest("[data-enqueue]");
  if (queued) {
    player.enqueue([trackOf(queued)]);
    return;
  }
  const button = event.target.closest("[data-play]");
  if (!button?.dataset.play) return;
  if (names(button, player.state.track)) {
    player.toggle();
    return;
  }
  const container = button.closest("[data-queue]");
  const buttons = container ? [...container.querySelectorAll("[data-play]")] : [button];
  player.playAll(buttons.map(trackOf), { at: buttons.indexOf(button) });
}

export function mount(element) {
  const player = new Player(element);
  document.addEventListener("click", (event) => clicked(event, player));
  document.addEventListener("segue:play", ({ detail }) => player.playAll(detail.tracks, detail));
  document.addEventListener("segue:enqueue", ({ detail }) => player.enqueue(detail.tracks));
  document.addEventListener("segue:seek", ({ detail }) => player.seek(detail.position));
  document.addEventListener("segue:ask-state", () => player.show());
  for (const name of ["htmx:afterSettle", "segue:page"]) {
    document.addEventListener(name, () => mark(player.state));
  }
  window.addEventListener("pagehide", () => player.keep());
  listen(player);
  player.resume();
  document.documentElement.dataset.player = "ready"; // from now on it hears what it is told
}
