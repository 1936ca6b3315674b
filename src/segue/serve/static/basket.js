/* The basket: tracks that are collected on any page for a mix, kept by this browser.

   A press on data-add puts its track in, or takes it out again. The link to the mix leads to the
   tracks in the basket and says how many there are. */

import { notify } from "./notice.js";

const KEPT = "segue.mix";
const MOST = 500;

export function held() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT));
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.id === "string") : [];
  } catch {
    return [];
  }
}

export function put(tracks) {
  const unique = new Map(tracks.map(({ id, title, artist }) => [id, { id, title, artist }]));
  try {
    localStorage.setItem(KEPT, JSON.stringify([...unique.values()].slice(0, MOST)));
  } catch {
    notify("This browser keeps nothing, so tracks cannot be collected. Their own pages lead to a mix.");
  }
  show();
}

export function address(tracks) {
  const link = document.querySelector("[data-basket-link]");
  const query = new URLSearchParams(tracks.map(({ id }) => ["track", id]));
  return tracks.length ? `${link.pathname}?${query}` : link.pathname;
}

function add(tracks) {
  const before = held();
  const known = new Set(before.map(({ id }) => id));
  const fresh = tracks.filter(({ id }) => !known.has(id));
  if (before.length + fresh.length > MOST) {
    notify(`A mix holds at most ${MOST} tracks. Save it as a playlist, and begin another.`);
    return;
  }
  put([...before, ...fresh]);
  say(fresh.length === 1 ? `Added to the mix: ${fresh[0].title}` : `${fresh.length} tracks added to the mix`);
}

function say(text) {
  const { length } = held();
  notify(`${text}. It holds ${length} ${length === 1 ? "track" : "tracks"}.`, { kind: "good" });
  clearTimeout(said);
  said = setTimeout(() => notify(""), 4000);
}

let said = 0;

function show() {
  const tracks = held();
  const ids = new Set(tracks.map(({ id }) => id));
  for (const link of document.querySelectorAll("[data-basket-link]")) {
    link.search = new URL(address(tracks), location.href).search;
  }
  for (const count of document.querySelectorAll("[data-basket-count]")) {
    count.textContent = String(tracks.length);
    count.hidden = tracks.length === 0;
  }
  for (const button of document.querySelectorAll("[data-add]")) {
    button.setAttribute("aria-pressed", String(ids.has(button.dataset.add)));
    button.textContent = ids.has(button.dataset.add) ? "In the mix: take it out" : "Add to the mix";
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add]");
  if (!button) return;
  const { add: id, title, artist } = button.dataset;
  const before = held();
  if (before.some((one) => one.id === id)) {
    put(before.filter((one) => one.id !== id));
    say(`Taken out of the mix: ${title}`);
  } else {
    add([{ id, title, artist }]);
  }
});

document.addEventListener("segue:add", ({ detail }) => add(detail.tracks));
document.addEventListener("segue:page", show);
document.addEventListener("htmx:afterSettle", show);
window.addEventListener("storage", (event) => {
  if (event.key === KEPT) show();
});
show();
