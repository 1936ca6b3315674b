/* Lists that are put together: the mix, a playlist, a path.

   Every button works without this. Here lists are sorted by dragging, the focus stays where one
   works, what was done is said aloud, and the basket follows the list. */

import { address, held, put } from "./basket.js";

/* What was pressed: by its submission, then by the board that came of it. The next thing may be
   pressed before that board has its behaviour. */
const presses = new WeakMap();

function trackOf(item) {
  const { id, title, artist, duration } = item.dataset;
  return { id, title, artist, duration: duration ? Number(duration) : null };
}

function listed(root) {
  return [...root.querySelectorAll("[data-sortable] > li")].map(trackOf);
}

function same(one, other) {
  return one.length === other.length && one.every(({ id }, place) => id === other[place].id);
}

export function mount(root) {
  const undo = sort(root);
  if (root.id === "board") settle(root);
  root.addEventListener("click", playAll);
  return undo;
}

function playAll(event) {
  if (!event.target.closest("[data-play-all]")) return;
  const items = [...event.currentTarget.querySelectorAll("[data-queue]")][0]?.querySelectorAll("li[data-id]") ?? [];
  const tracks = [...items].filter((item) => item.querySelector("[data-play]")).map(trackOf);
  if (tracks.length) {
    document.dispatchEvent(new CustomEvent("segue:play", { detail: { tracks, at: 0 } }));
  }
}

/* The board: focus, words, basket. */

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.name !== "step" || !button.value) return;
  const [kind, id] = button.value.split(":");
  const rows = [...(button.closest("ol")?.children ?? [])];
  const pressed = { kind, id, place: rows.indexOf(button.closest("li")), label: button.getAttribute("aria-label") };
  presses.set(event, pressed);
}, true);

document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  const pressed = presses.get(detail.requestConfig?.triggeringEvent);
  if (pressed && target.id === "board") presses.set(target, pressed);
});

function settle(root) {
  const tracks = listed(root);
  const pressed = presses.get(root);
  if (pressed) {
    put(tracks);
    say(pressed, tracks.length);
    aim(root, pressed)?.focus();
    return;
  }
  aside(root, tracks);
}

function say({ kind, label }, count) {
  const done = { all: "All suggestions added", order: "Put in order", clear: "Cleared", move: "Moved" };
  const text = done[kind] ?? label ?? "Done";
  document.getElementById("announcement").textContent = `${text}. ${count} ${count === 1 ? "track" : "tracks"} in the list.`;
}

/* Where the focus goes on: the same button, else the one that has come into its place. */
function aim(root, { kind, id, place }) {
  const own = document.getElementById(`${kind}-${CSS.escape(id ?? "")}`) ?? document.getElementById(`${kind}-${id}`);
  if (own && !own.disabled) return own;
  if (kind === "up") return document.getElementById(`down-${id}`);
  if (kind === "down") return document.getElementById(`up-${id}`);
  if (kind === "order") return root.querySelector("#order");
  const buttons = [...root.querySelectorAll(`button[value^="${kind}:"]`)];
  if (place >= 0 && buttons.length) return buttons[Math.min(place, buttons.length - 1)];
  return document.getElementById("find");
}

/* An address that somebody sent holds another list than the one collected here. */
function aside(root, tracks) {
  const own = held();
  if (!own.length || same(own, tracks)) return;
  const line = root.querySelector(tracks.length ? "#aside" : "#resume");
  if (!line) return;
  const link = document.createElement("a");
  link.href = address(own);
  link.textContent = own.length === 1 ? "Back to the track you collected" : `Back to the ${own.length} tracks you collected`;
  if (tracks.length) line.append("This is another list than your own. ");
  line.append(link);
  line.hidden = false;
  htmx.process(line);
}

/* Dragging: a row follows the pointer, the others make room; where it is let go it stays. */

function sort(root) {
  const list = root.querySelector("[data-sortable]");
  if (!list) return () => {};
  let drag = null;

  const begin = (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    const item = grip.closest("li");
    drag = { item, pointer: event.pointerId, from: placeOf(item), at: event.clientY };
    item.classList.add("dragged");
    list.setPointerCapture(event.pointerId);
  };

  const move = (event) => {
    if (event.pointerId !== drag?.pointer) return;
    const { item } = drag;
    const over = document.elementsFromPoint(event.clientX, event.clientY)
      .map((one) => one.closest("[data-sortable] > li"))
      .find((one) => one && one !== item);
    if (over) {
      const box = over.getBoundingClientRect();
      const below = event.clientY > box.top + box.height / 2;
      if (below && over.nextElementSibling !== item) over.after(item);
      if (!below && over.previousElementSibling !== item) over.before(item);
    }
    scrollNear(event.clientY);
  };

  const end = (event) => {
    if (event.pointerId !== drag?.pointer) return;
    const { item, from } = drag;
    drag = null;
    item.classList.remove("dragged");
    const to = placeOf(item);
    if (event.type === "pointercancel") {
      list.insertBefore(item, list.children[from < to ? from : from + 1] ?? null);
    } else if (to !== from) {
      press(root, `move:${item.dataset.id}:${to}`);
    }
  };

  const placeOf = (item) => [...list.children].indexOf(item);
  list.dataset.sorts = "";
  list.addEventListener("pointerdown", begin);
  list.addEventListener("pointermove", move);
  list.addEventListener("pointerup", end);
  list.addEventListener("pointercancel", end);
  return () => {
    list.removeEventListener("pointerdown", begin);
  };
}

function scrollNear(y) {
  const edge = 70;
  if (y < edge) window.scrollBy(0, -12);
  if (y > window.innerHeight - edge) window.scrollBy(0, 12);
}

function press(root, step) {
  const button = root.querySelector("#mover");
  button.value = step;
  button.click();
}
