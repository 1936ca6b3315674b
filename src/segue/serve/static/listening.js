/* The blind test: excerpts of equal loudness, one at a time, and keys to play and to choose. */

export function mount(form) {
  const ending = new AbortController();
  const ends = { signal: ending.signal };
  const sounds = [...form.querySelectorAll("audio")];

  for (const sound of sounds) {
    const { start, end, volume } = sound.dataset;
    sound.volume = Number(volume);
    sound.addEventListener("play", () => {
      for (const other of sounds) if (other !== sound) other.pause();
      if (sound.currentTime < Number(start) || sound.currentTime >= Number(end) - 0.1) {
        sound.currentTime = Number(start);
      }
    }, ends);
    sound.addEventListener("timeupdate", () => {
      if (sound.currentTime >= Number(end)) sound.pause();
    }, ends);
  }

  function pressed(event) {
    const field = event.target.closest("input, select, textarea, [contenteditable]");
    if (field || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    const button = form.querySelector(`[data-number="${CSS.escape(key)}"]`);
    const sound = sounds.find((one) => one.dataset.key === key);
    if (!button && !sound) return;
    event.preventDefault();
    event.stopPropagation();
    if (button) button.click();
    else if (sound.paused) sound.play().catch(() => {});
    else sound.pause();
  }

  document.addEventListener("keydown", pressed, { ...ends, capture: true });

  return () => {
    ending.abort();
    for (const sound of sounds) sound.pause();
  };
}
