/* A list of tracks like another: plays the passages in which two of them sound most alike, first
   that of the track that was asked about, then that of the row. */

function passage(of, names) {
  const [id, title, artist, start, end] = names.map((name) => of[name] ?? "");
  return { id, title, artist, start: Number(start), end: Number(end) };
}

export function mount(list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-passages]");
    if (!button) return;
    const row = passage(button.dataset, ["track", "title", "artist", "start", "end"]);
    const tracks = [row];
    if (button.dataset.seed) {
      tracks.unshift(
        passage(button.dataset, ["seed", "seedTitle", "seedArtist", "seedStart", "seedEnd"]),
      );
    }
    document.dispatchEvent(new CustomEvent("segue:play", { detail: { tracks, at: 0 } }));
  });
}
