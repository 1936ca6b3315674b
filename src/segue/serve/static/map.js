/* The map of the catalogue: move, come nearer, circle, colour, find, hear. */

import { grid, isInside } from "./map-grid.js";
import { legend, palette } from "./map-legend.js";
import { marks } from "./map-marks.js";
import { painter } from "./map-points.js";
import { notify } from "./notice.js";

const GRID = 65535;
const NEAREST = 400;
const STEP = 1.5;
const CORNERS = 120;

export async function mount(element) {
  const given = element.dataset;
  const count = Number(given.count);
  const columns = JSON.parse(given.columns);
  const bytes = await fetched(given.points);
  if (!bytes || !element.isConnected) return undefined;
  if (bytes.byteLength !== count * (4 + columns.length)) {
    notify("The catalogue has changed. Load the page again to see its map.");
    return undefined;
  }
  const x = new Uint16Array(bytes, 0, count);
  const y = new Uint16Array(bytes, 2 * count, count);
  const codes = columns.map((_, i) => new Uint8Array(bytes, (4 + i) * count, count));
  return shown(element, { x, y, count, columns, codes });
}

async function fetched(address) {
  try {
    const response = await fetch(address);
    if (response.ok) return await response.arrayBuffer();
  } catch { /* said below */ }
  notify("The points of the map could not be fetched. Load the page again.");
  return null;
}

function shown(element, { x, y, count, columns, codes }) {
  const given = element.dataset;
  const find = (name) => element.querySelector(name);
  const view = { x: 0.5, y: 0.5, scale: 1 };
  const stage = find(".map-view");
  const places = new Uint16Array(2 * count);
  for (let i = 0; i < count; i += 1) {
    places[2 * i] = x[i];
    places[2 * i + 1] = y[i];
  }
  const paint = painter(find(".map-points"), places, count);
  if (!paint) {
    element.hidden = true;
    document.querySelector(".map-without").hidden = false;
    return undefined;
  }
  const nearest = grid(x, y);
  const mark = marks(find(".map-marks"), JSON.parse(given.regions));
  const way = JSON.parse(given.way).filter((place) => place >= 0);
  const state = { column: 0, hidden: new Set(), shape: [], meant: -1, chosen: -1, cross: false, fit: 1 };
  const ending = new AbortController();
  const ends = { signal: ending.signal };
  const at = (i) => (i < 0 ? null : [x[i], y[i]]);
  const visible = (i) => !state.hidden.has(codes[state.column][i]);
  let asked = 0;

  function draw() {
    if (asked) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      const size = Math.min(14, Math.max(1.7, Math.min(5.5, 260 / Math.sqrt(count))) * Math.sqrt(view.scale / state.fit));
      paint.draw(view, size);
      mark(view, {
        way: way.map(at), shape: state.shape, meant: at(state.meant), chosen: at(state.chosen), cross: state.cross,
      });
      if (find(".map-wait")) {
        find(".map-wait").remove();
        paint.finish();
        performance.mark("segue:map-drawn");
      }
    });
  }

  /* Colours and what they mean. */

  function repaint() {
    paint.palette(palette(columns[state.column], state.hidden));
    draw();
  }

  function colourBy(name) {
    state.column = Math.max(0, columns.findIndex((column) => column.name === name));
    state.hidden.clear();
    paint.colour(codes[state.column]);
    legend(find(".map-legend"), columns[state.column], state.hidden, repaint);
    repaint();
  }

  /* Moving. */

  function resize() {
    const { clientWidth: width, clientHeight: height } = stage;
    if (!width || !height) return;
    const before = state.fit;
    state.fit = Math.min(width, height) * 0.94;
    view.scale *= state.fit / before;
    for (const canvas of stage.querySelectorAll("canvas")) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    }
    draw();
  }

  function zoom(factor, px = stage.clientWidth / 2, py = stage.clientHeight / 2) {
    const [bx, by] = placeOf(px, py);
    view.scale = Math.min(state.fit * NEAREST, Math.max(state.fit * 0.7, view.scale * factor));
    const [ax, ay] = placeOf(px, py);
    view.x += (bx - ax) / GRID;
    view.y += (by - ay) / GRID;
    hold();
  }

  function pan(dx, dy) {
    view.x -= dx / view.scale;
    view.y += dy / view.scale;
    hold();
  }

  function hold() {
    view.x = Math.min(1, Math.max(0, view.x));
    view.y = Math.min(1, Math.max(0, view.y));
    draw();
  }

  function whole() {
    Object.assign(view, { x: 0.5, y: 0.5, scale: state.fit });
    draw();
  }

  /* The view around some points. */
  function around(points) {
    if (!points.length) return;
    const spans = [x, y].map((values) => {
      const all = points.map((i) => values[i]);
      return [Math.min(...all) / GRID, Math.max(...all) / GRID];
    });
    [view.x, view.y] = spans.map(([low, high]) => (low + high) / 2);
    const widest = Math.max(...spans.map(([low, high]) => high - low), 0.08);
    view.scale = Math.min(stage.clientWidth, stage.clientHeight) * 0.75 / widest;
    hold();
  }

  function placeOf(px, py) {
    return [
      (view.x + (px - stage.clientWidth / 2) / view.scale) * GRID,
      (view.y - (py - stage.clientHeight / 2) / view.scale) * GRID,
    ];
  }

  function pick(px, py, reach) {
    const [atX, atY] = placeOf(px, py);
    return nearest(atX, atY, (reach / view.scale) * GRID, visible);
  }

  /* Which track is meant, and its card. */

  const known = new Map();
  const tip = find(".map-tip");
  let naming = 0;

  function mean(i, px, py) {
    stage.classList.toggle("pointing", i >= 0);
    if (i === state.meant) return;
    state.meant = i;
    tip.hidden = true;
    clearTimeout(naming);
    if (i >= 0) naming = setTimeout(name, 60, i, px, py);
    draw();
  }

  async function name(i, px, py) {
    if (!known.has(i)) {
      try {
        const response = await fetch(`${given.track}&place=${i}`, { headers: { Accept: "application/json" } });
        if (response.ok) known.set(i, await response.json());
      } catch { return; }
    }
    if (state.meant !== i || !known.has(i)) return;
    const { title, artist } = known.get(i);
    const [strong, rest] = [document.createElement("bdi"), document.createElement("bdi")];
    strong.textContent = title || "Untitled";
    rest.textContent = artist;
    rest.className = "muted";
    tip.replaceChildren(strong, rest);
    tip.hidden = false;
    const left = Math.min(px + 14, stage.clientWidth - tip.offsetWidth - 8);
    tip.style.transform = `translate(${Math.max(8, left)}px, ${Math.max(8, py - tip.offsetHeight - 12)}px)`;
  }

  function choose(i) {
    state.chosen = i;
    const card = find(".map-card");
    if (i < 0) card.replaceChildren();
    else htmx.ajax("GET", `${given.track}&place=${i}`, { target: card, swap: "innerHTML" });
    draw();
  }

  /* Circling. */

  const lasso = find("[data-map='lasso']");

  function circling(on) {
    lasso.setAttribute("aria-pressed", String(on));
    stage.classList.toggle("circling", on);
  }

  function circled() {
    circling(false);
    if (state.shape.length < 3) {
      state.shape = [];
      draw();
      return;
    }
    const every = Math.max(1, Math.ceil(state.shape.length / CORNERS));
    state.shape = state.shape.filter((_, i) => i % every === 0).map((corner) => corner.map(kept));
    const lights = new Uint8Array(count);
    for (let i = 0; i < count; i += 1) lights[i] = visible(i) && isInside(state.shape, x[i], y[i]) ? 1 : 0;
    paint.light(lights);
    draw();
    const query = new URLSearchParams({ shape: state.shape.flat().join(",") });
    if (state.hidden.size) query.set("hidden", `${columns[state.column].name}:${[...state.hidden].join(",")}`);
    const target = document.getElementById("map-selection");
    htmx.ajax("GET", `${given.selection}&${query}`, { target, swap: "innerHTML" }).then(() => {
      const head = target.querySelector("h2");
      head?.focus({ preventScroll: true });
      head?.scrollIntoView({ block: "nearest" });
    });
  }

  function kept(value) {
    return Math.min(GRID, Math.max(0, Math.round(value)));
  }

  function forget() {
    state.shape = [];
    paint.light(null);
    document.getElementById("map-selection").replaceChildren();
    choose(-1);
  }

  /* Pointers: one moves or circles, two pinch. */

  const pointers = new Map();
  let moved = 0;

  const here = (event) => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, here(event));
    if (pointers.size > 1) return;
    moved = 0;
    state.cross = false;
    if (event.shiftKey) circling(true);
    if (stage.classList.contains("circling")) state.shape = [placeOf(...here(event))];
  }, ends);

  stage.addEventListener("pointermove", (event) => {
    const [px, py] = here(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") mean(pick(px, py, 12), px, py);
      return;
    }
    moved += Math.hypot(px - before[0], py - before[1]);
    if (pointers.size === 2) pinch(event.pointerId, before, [px, py]);
    else if (stage.classList.contains("circling")) {
      state.shape.push(placeOf(px, py));
      draw();
    } else if (moved > 4) {
      mean(-1);
      stage.classList.add("moving");
      pan(px - before[0], py - before[1]);
    }
    pointers.set(event.pointerId, [px, py]);
  }, ends);

  function pinch(id, before, after) {
    const [, other] = [...pointers].find(([each]) => each !== id);
    const far = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
    zoom(far(after) / far(before), (after[0] + other[0]) / 2, (after[1] + other[1]) / 2);
    pan((after[0] - before[0]) / 2, (after[1] - before[1]) / 2);
  }

  for (const kind of ["pointerup", "pointercancel"]) {
    stage.addEventListener(kind, (event) => {
      if (!pointers.delete(event.pointerId) || pointers.size) return;
      stage.classList.remove("moving");
      if (stage.classList.contains("circling")) circled();
      else if (moved <= 4 && kind === "pointerup") {
        choose(pick(...here(event), event.pointerType === "mouse" ? 14 : 26));
      }
    }, ends);
  }

  stage.addEventListener("pointerleave", () => mean(-1), ends);
  stage.addEventListener("dblclick", (event) => zoom(STEP * STEP, ...here(event)), ends);
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
    zoom(Math.exp(-Math.max(-300, Math.min(300, event.deltaY * lines)) / 400), ...here(event));
  }, { ...ends, passive: false });

  /* Keys. */

  const keys = {
    "+": () => zoom(STEP), "=": () => zoom(STEP), "-": () => zoom(1 / STEP), "0": whole,
    ArrowLeft: () => pan(60, 0), ArrowRight: () => pan(-60, 0),
    ArrowUp: () => pan(0, 60), ArrowDown: () => pan(0, -60),
    l: () => circling(!stage.classList.contains("circling")),
    // However far it is: whoever has no pointer asks for the nearest.
    Enter: () => choose(pick(
      stage.clientWidth / 2, stage.clientHeight / 2, Math.hypot(stage.clientWidth, stage.clientHeight),
    )),
    Escape: () => { circling(false); forget(); },
  };

  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys)) return;
    event.preventDefault();
    event.stopPropagation();
    state.cross = true;
    keys[event.key]();
    draw();
  }, ends);
  stage.addEventListener("blur", () => { state.cross = false; draw(); }, ends);

  element.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-map]")?.dataset.map;
    if (tool === "in") zoom(STEP);
    if (tool === "out") zoom(1 / STEP);
    if (tool === "whole") whole();
    if (tool === "lasso") circling(!stage.classList.contains("circling"));
    if (tool === "close") { choose(-1); stage.focus({ preventScroll: true }); }
  }, ends);

  /* The form above: colours and words change the picture at once. */

  const form = document.getElementById("map-ask");
  let finding = 0;
  let latest = 0;

  async function light(words) {
    const turn = (latest += 1);
    if (!words.trim()) { paint.light(null); draw(); return; }
    let found;
    try {
      const response = await fetch(`${given.found}&${new URLSearchParams({ q: words })}`);
      if (!response.ok) return;
      found = (await response.json()).places;
    } catch { return; }
    if (turn !== latest) return;
    const lights = new Uint8Array(count);
    for (const i of found) lights[i] = 1;
    paint.light(lights);
    say(found.length ? `${found.length} found on the map` : "None of the tracks found is on this map");
    if (found.length) around(found);
    draw();
  }

  function say(text) {
    find(".map-said").textContent = text;
  }

  function remember() {
    const query = new URLSearchParams(new FormData(form));
    for (const [key, value] of [...query]) if (!value) query.delete(key, value);
    history.replaceState(history.state, "", `${form.action}?${query}`);
  }

  form.addEventListener("change", (event) => {
    if (event.target.name === "space") form.requestSubmit();
    if (event.target.name === "colour") { colourBy(event.target.value); remember(); }
  }, ends);
  form.elements.q.addEventListener("input", (event) => {
    clearTimeout(finding);
    finding = setTimeout(light, 250, event.target.value);
  }, ends);

  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", repaint, ends);
  const sizes = new ResizeObserver(resize);
  sizes.observe(stage);
  resize();
  whole();
  colourBy(given.colour);
  if (way.length) {
    around(way);
    if (way.length === 1) choose(way[0]);
  }
  if (given.words) light(given.words);

  return () => {
    ending.abort();
    sizes.disconnect();
    cancelAnimationFrame(asked);
    clearTimeout(naming);
    clearTimeout(finding);
    paint.end();
  };
}
