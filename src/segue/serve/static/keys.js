/* Keys of the keyboard, of headphones and of the lock screen.

   Single letters are left alone: people who speak to their computer set them off by chance (WCAG
   2.1.4), and searching by typing is for them. */

const STEP = 10;
const FIELDS = "input, select, textarea, [contenteditable], dialog[open]";
const ACTING = "a[href], button, summary, [role=button], [role=option], [role=slider], audio, video";

function taken(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return true;
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (target.closest(FIELDS) || target.closest("[data-keys]")) return true;
  return event.key === " " && target.closest(ACTING) !== null;
}

function pressed(event, player) {
  if (!player.queue.current || taken(event)) return;
  if (event.key === " ") player.toggle();
  else if (event.key === "ArrowLeft") event.shiftKey ? player.previous() : player.skip(-STEP);
  else if (event.key === "ArrowRight") event.shiftKey ? player.next() : player.skip(STEP);
  else return;
  event.preventDefault();
}

export function listen(player) {
  document.addEventListener("keydown", (event) => pressed(event, player));
  if (!("mediaSession" in navigator)) return;
  const actions = {
    play: () => player.sound.play(),
    pause: () => player.sound.pause(),
    stop: () => player.sound.pause(),
    previoustrack: () => player.previous(),
    nexttrack: () => player.next(),
    seekbackward: ({ seekOffset }) => player.skip(-(seekOffset ?? STEP)),
    seekforward: ({ seekOffset }) => player.skip(seekOffset ?? STEP),
    seekto: ({ seekTime }) => player.seek(seekTime),
  };
  for (const [name, act] of Object.entries(actions)) {
    try {
      navigator.mediaSession.setActionHandler(name, act);
    } catch {
      // A browser that does not know this key.
    }
  }
}

/* What the system shows while a track plays. `art(size)` gives the address of its picture. */
export function tell({ track, paused, position, duration }, art) {
  if (!("mediaSession" in navigator)) return;
  const session = navigator.mediaSession;
  if (!track) {
    session.metadata = null;
    session.playbackState = "none";
    return;
  }
  const { title, artist } = track;
  if (session.metadata?.title !== title || session.metadata?.artist !== artist) {
    const artwork = [96, 192, 480].map((size) => ({ src: art(size), sizes: `${size}x${size}` }));
    session.metadata = new MediaMetadata({ title, artist, artwork });
  }
  session.playbackState = paused ? "paused" : "playing";
  if (duration > 0 && position <= duration) session.setPositionState({ duration, position, playbackRate: 1 });
}
