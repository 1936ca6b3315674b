/* The sound of a file that was brought: its waveform, which seeks, and a button that plays.

   Without scripts the browser's own player stands here. Where the browser cannot play the file, the
   server makes MP3 of it, as for tracks (sound.js). */

import { Sound, factsOf } from "./sound.js";
import { Wave, clock, fill } from "./waves.js";

export function mount(element) {
  const part = (name) => element.querySelector(`[data-part=${name}]`);
  const seek = part("seek");
  const button = part("play");
  const { token, uploads } = element.dataset;
  const wave = new Wave(part("wave"), { height: 72 });
  const audio = element.querySelector("audio");
  const sound = new Sound(audio, (id, what) => `${uploads}/${id}/${what}`);
  let holding = false;

  audio.controls = false;
  sound.load({ id: token, duration: Number(element.dataset.duration) || 0, start: null, end: null }, { play: false });

  function show() {
    const { duration, position, paused } = sound;
    seek.disabled = !(duration > 0);
    seek.max = Math.max(duration, 0.1).toFixed(1);
    part("duration").textContent = duration ? clock(duration) : "";
    button.textContent = paused ? "Play" : "Pause";
    button.setAttribute("aria-pressed", String(!paused));
    if (holding) return;
    seek.value = position;
    tell(position);
  }

  function tell(position) {
    seek.setAttribute("aria-valuetext", `${clock(position)} of ${clock(sound.duration)}`);
    part("position").textContent = clock(position);
    fill(seek);
    wave.go(position);
  }

  for (const name of ["play", "pause", "facts", "durationchange", "timeupdate", "finished"]) {
    sound.addEventListener(name, show);
  }
  sound.addEventListener("failed", ({ detail }) => {
    part("note").textContent = detail.text;
  });
  seek.addEventListener("input", () => {
    holding = true;
    tell(seek.valueAsNumber);
  });
  seek.addEventListener("change", () => {
    holding = false;
    sound.seek(seek.valueAsNumber);
  });
  button.addEventListener("click", () => (sound.paused ? sound.play() : sound.pause()));
  factsOf(sound.address(token, "peaks")).then((facts) => {
    if (facts && element.isConnected) wave.draw(facts);
  });
  show();
  return () => {
    sound.stop();
    wave.end();
  };
}
