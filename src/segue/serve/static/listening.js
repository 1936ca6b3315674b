/* The blind test: excerpts of equal loudness, one at a time, and keys to play and to choose. */

import { notify } from "./notice.js";
import { Sound } from "./sound.js";

export function mount(form) {
  const ending = new AbortController();
  const ends = { signal: ending.signal };
  const sounds = [...form.querySelectorAll("audio")].map((audio) => excerpt(audio, form.dataset.tracks));

  for (const sound of sounds) {
    const { start, end } = sound.track;
    sound.addEventListener("play", () => {
      for (const other of sounds) if (other !== sound) other.pause();
      if (sound.position < start - 0.1 || sound.position >= end - 0.1) sound.seek(start);
    }, ends);
    sound.addEventListener("finished", () => {
      sound.pause();
      sound.seek(start);
    }, ends);
    sound.addEventListener("failed", (event) => notify(event.detail.text), ends);
  }

  function pressed(event) {
    const field = event.target.closest("input, select, textarea, [contenteditable]");
    if (field || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const button = form.querySelector(`[data-number="${CSS.escape(key)}"]`);
    const sound = sounds.find((one) => one.audio.dataset.key === key);
    if (!button && !sound) return;
    event.preventDefault();
    event.stopPropagation();
    if (button) button.click();
    else if (sound.paused) sound.play();
    else sound.pause();
  }

  document.addEventListener("keydown", pressed, { ...ends, capture: true });

  return () => {
    ending.abort();
    for (const sound of sounds) sound.stop();
  };
}

/* An excerpt as the player would play it: what the browser cannot play comes as MP3. */
function excerpt(audio, tracks) {
  const { track, start, end, volume } = audio.dataset;
  const sound = new Sound(audio, (id, what) => `${tracks}/${encodeURIComponent(id)}/${what}`);
  sound.even = false; // the page says how far each is turned down
  sound.volume = Number(volume);
  const passage = { id: track, start: Number(start), end: Number(end) };
  sound.load(passage, { at: passage.start, play: false });
  return sound;
}
