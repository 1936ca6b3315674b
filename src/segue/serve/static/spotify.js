/* A track at Spotify: its player comes when somebody asks for it, and not before.

   The element holds a link that leads to Spotify; data-embed is the address of the player. */

export function mount(element) {
  const link = element.querySelector("a");
  const play = (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const frame = document.createElement("iframe");
    frame.title = "The track at Spotify";
    frame.allow = "encrypted-media; fullscreen";
    frame.referrerPolicy = "no-referrer";
    frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox");
    frame.src = element.dataset.embed;
    link.replaceWith(frame);
    frame.focus();
  };
  link.addEventListener("click", play);
  return () => link.removeEventListener("click", play);
}
