/* Waveforms: drawn from peaks the server has measured; no file is decoded in the browser.

   The picture is for the eye. A slider of the same width lies over it: it takes the pointer and
   the keys, says the time to a screen reader, and is all there is where no peaks are known. */

import { factsOf } from "./sound.js";

const LIBRARY = "./vendor/wavesurfer-8.0.1.esm.js";
const DARK = window.matchMedia("(prefers-color-scheme: dark)");
const FULL = 255;

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(Number.isFinite(seconds) ? seconds : 0));
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/* How far a slider has gone, for styles: not every browser can tell them by itself. */
export function fill(range) {
  const share = (range.valueAsNumber - Number(range.min)) / (Number(range.max) - Number(range.min) || 1);
  const said = `${(100 * share).toFixed(2)}%`;
  range.style.setProperty("--share", said);
  range.parentElement.style.setProperty("--share", said);
}

function colours(element) {
  const style = getComputedStyle(element);
  return {
    waveColor: style.getPropertyValue("--wave").trim(),
    progressColor: style.getPropertyValue("--wave-heard").trim(),
  };
}

/* One waveform in an element. Heights other than these would need another hash in our policy. */
export class Wave {
  constructor(element, { height }) {
    this.element = element;
    this.height = height;
    this.surfer = null;
    this.turn = 0;
    this.recolour = () => this.surfer?.setOptions(colours(this.element));
    DARK.addEventListener("change", this.recolour);
  }

  async draw({ peaks, duration }) {
    this.clear();
    if (!peaks.length) return;
    const { turn } = this;
    const { default: WaveSurfer } = await import(LIBRARY);
    if (turn !== this.turn) return;
    this.surfer = WaveSurfer.create({
      container: this.element,
      height: this.height,
      peaks: [peaks.map((peak) => peak / FULL)],
      duration,
      normalize: true,
      interact: false,
      hideScrollbar: true,
      cursorWidth: 0,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      ...colours(this.element),
    });
    this.element.parentElement.classList.add("drawn");
    this.go(this.position ?? 0);
  }

  go(position) {
    this.position = position;
    this.surfer?.setTime(position);
  }

  clear() {
    this.turn += 1;
    this.surfer?.destroy();
    this.surfer = null;
    this.element.parentElement.classList.remove("drawn");
  }

  end() {
    this.clear();
    DARK.removeEventListener("change", this.recolour);
  }
}

/* The waveform on the page of a track: it follows the player while that plays this track, and
   begins it where it is clicked. */
export function mount(element) {
  const part = (name) => element.querySelector(`[data-part=${name}]`);
  const seek = part("seek");
  const wave = new Wave(part("wave"), { height: 72 });
  const { id, title, artist } = element.dataset;
  const seconds = Number(element.dataset.duration) || 0;
  let playing = false;
  let holding = false;

  function show(position, duration) {
    seek.max = Math.max(duration, 0.1).toFixed(1);
    seek.disabled = !(duration > 0);
    seek.value = position;
    seek.setAttribute("aria-valuetext", `${clock(position)} of ${clock(duration)}`);
    fill(seek);
    part("position").textContent = clock(position);
    part("duration").textContent = clock(duration);
    wave.go(position);
  }

  function follow({ detail: { track, position, duration } }) {
    playing = track?.id === id;
    if (playing && !holding) show(position, duration);
  }

  function hold() {
    holding = true;
    part("position").textContent = clock(seek.valueAsNumber);
    fill(seek);
    wave.go(seek.valueAsNumber);
  }

  function release() {
    holding = false;
    const position = seek.valueAsNumber;
    const detail = playing ? { position } : { tracks: [{ id, title, artist, duration: seconds }], position };
    document.dispatchEvent(new CustomEvent(playing ? "segue:seek" : "segue:play", { detail }));
  }

  seek.addEventListener("input", hold);
  seek.addEventListener("change", release);
  document.addEventListener("segue:state", follow);
  show(0, seconds);
  document.dispatchEvent(new CustomEvent("segue:ask-state"));

  factsOf(element.dataset.peaks).then((facts) => {
    if (!facts || !element.isConnected) return;
    if (!playing) show(0, facts.duration ?? seconds);
    wave.draw(facts);
    part("note").textContent = facts.note ?? "";
    if (facts.highlight && facts.highlight[1] - facts.highlight[0] < facts.duration - 5) offer(element, facts);
  });

  return () => {
    wave.end();
    document.removeEventListener("segue:state", follow);
  };
}

/* The loudest half minute: marked on the wave, and a button that plays it. */
function offer(element, { highlight: [start, end], duration }) {
  const mark = element.querySelector("[data-part=highlight]");
  const button = element.querySelector("[data-part=play-highlight]");
  mark.style.left = `${(100 * start) / duration}%`;
  mark.style.width = `${(100 * (end - start)) / duration}%`;
  mark.hidden = false;
  button.dataset.start = start;
  button.dataset.end = end;
  button.hidden = false;
  button.querySelector("[data-part=highlight-time]").textContent = `${clock(start)} to ${clock(end)}`;
}
