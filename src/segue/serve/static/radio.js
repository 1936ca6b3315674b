/* The radio: it plays on from a track for as long as somebody listens.

   The server keeps nothing of it. All it remembers is its state, which comes back with every batch
   of tracks and is sent again when the queue runs low, with what was liked and skipped meanwhile.
   It stands in the session, so that a page that is loaded again goes on where it was. */

import { notify, post } from "./notice.js";

const KEPT = "segue.radio";
const SOURCE = "radio";
const BATCH = 6;
const HEARD = 30; // seconds from which on pressing "next" is no word against a track

let radio = kept();
let asking = false;

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function keep(next) {
  radio = next;
  try {
    if (next) sessionStorage.setItem(KEPT, JSON.stringify(next));
    else sessionStorage.removeItem(KEPT);
  } catch {
    // Nothing is kept by this browser: the radio ends with the page.
  }
  show();
}

function show() {
  for (const button of document.querySelectorAll("[data-radio]")) {
    const on = radio?.seed === button.dataset.radio;
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "The radio is on" : "Start the radio";
  }
}

/* The next tracks, and what the radio remembers then; null where there are none. */
async function more(asked, address) {
  if (asking) return null;
  asking = true;
  try {
    const response = await post(address, { n: BATCH, playable: true, ...asked });
    if (!response?.ok) return null;
    const { journey, state } = await response.json();
    const tracks = journey.steps.map(({ track }) => ({
      id: track.id,
      title: track.title,
      artist: track.artists.join(", "),
      duration: track.duration,
    }));
    return { tracks, state };
  } finally {
    asking = false;
  }
}

async function begin(button) {
  const { radio: seed, address, lens, drift } = button.dataset;
  const asked = { seed, drift: Number(drift), draw: Math.floor(Math.random() * 1e9) };
  if (lens) asked.lens = lens;
  const next = await more(asked, address);
  if (!next) return;
  if (!next.tracks.length) {
    notify("Nothing that can be heard is like it.");
    return;
  }
  keep({ seed, address, state: next.state, liked: [], skipped: [] });
  send("segue:play", { tracks: next.tracks, at: 0, source: SOURCE });
}

async function goOn() {
  const before = radio;
  const { address, state, liked, skipped } = before;
  const next = await more({ state, liked, skipped }, address);
  if (!next || radio?.seed !== before.seed) return;
  const since = (all, sent) => all.filter((id) => !sent.includes(id));
  keep({ ...radio, state: next.state, liked: since(radio.liked, liked), skipped: since(radio.skipped, skipped) });
  send("segue:enqueue", { tracks: next.tracks, source: SOURCE });
}

function send(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function told(list, id) {
  if (radio && !radio[list].includes(id)) keep({ ...radio, [list]: [...radio[list], id] });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-radio]");
  if (button) begin(button);
});

document.addEventListener("segue:queue-low", ({ detail }) => {
  if (radio && detail.source === SOURCE) goOn();
});

document.addEventListener("segue:skipped", ({ detail }) => {
  if (detail.source === SOURCE && detail.at < HEARD) told("skipped", detail.id);
});

document.addEventListener("segue:opinion", ({ detail }) => {
  if (detail.kind === "like") told("liked", detail.id);
  if (detail.kind === "dislike") told("skipped", detail.id);
});

/* Another list that is played ends the radio. */
document.addEventListener("segue:play", ({ detail }) => {
  if (radio && detail.source !== SOURCE) keep(null);
});

document.addEventListener("segue:page", show);
show();
