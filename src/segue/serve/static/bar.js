/* What is seen of the player: the bar, and the sheet with the queue that opens from it. */

import { tell } from "./keys.js";
import { clock, fill, Wave } from "./waves.js";

const NAMES = { off: "Repeat: off", all: "Repeat: all", one: "Repeat: this track" };

export class Bar {
  constructor(element, player) {
    this.element = element;
    this.player = player;
    this.parts = Object.fromEntries(
      [...element.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]),
    );
    this.wave = new Wave(this.parts.wave, { height: 32 });
    this.shown = null;
    this.holding = false;
    this.act();
  }

  act() {
    const { parts, player } = this;
    this.element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this.do(button.dataset.do, button);
    });
    parts.seek.addEventListener("input", () => {
      this.holding = true;
      parts.position.textContent = clock(parts.seek.valueAsNumber);
      this.wave.go(parts.seek.valueAsNumber);
    });
    parts.seek.addEventListener("change", () => {
      this.holding = false;
      player.seek(parts.seek.valueAsNumber);
    });
    parts.volume.addEventListener("input", () => {
      player.wish({ volume: parts.volume.valueAsNumber / 100, muted: false });
    });
    for (const name of ["even", "preview"]) {
      parts[name].addEventListener("change", () => player.wish({ [name]: parts[name].checked }));
    }
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || parts.sheet.hidden) return;
      this.open(false);
      parts.opener.focus();
    });
    parts.save.addEventListener("submit", () => {
      parts.save.elements.tracks.value = player.queue.entries.map(({ id }) => id).join(" ");
    });
    document.addEventListener("segue:page", () => this.open(false));
  }

  do(what, button) {
    const { player } = this;
    const key = button.closest("[data-key]")?.dataset.key;
    const acts = {
      toggle: () => player.toggle(),
      next: () => player.next(),
      previous: () => player.previous(),
      back: () => player.skip(-10),
      forward: () => player.skip(10),
      mute: () => player.wish({ muted: !player.wishes.muted }),
      shuffle: () => player.shuffle(),
      repeat: () => player.repeat(),
      clear: () => this.clear(),
      open: () => this.open(this.parts.sheet.hidden),
      jump: () => player.jump(key),
      up: () => this.keepFocus(key, "up", () => player.move(key, -1)),
      down: () => this.keepFocus(key, "down", () => player.move(key, 1)),
      remove: () => this.afterRemoving(key),
    };
    acts[what]?.();
  }

  clear() {
    this.open(false);
    this.player.clear();
    document.getElementById("main")?.focus({ preventScroll: true });
  }

  open(wanted) {
    const { parts } = this;
    parts.sheet.hidden = !wanted;
    this.element.classList.toggle("open", wanted);
    parts.opener.setAttribute("aria-expanded", String(wanted));
    if (!wanted) return;
    this.list(this.player.queue);
    const current = parts.entries.querySelector("[aria-current]");
    if (current) parts.sheet.scrollTop = Math.max(0, current.offsetTop - parts.sheet.clientHeight / 2);
  }

  keepFocus(key, what, act) {
    act();
    const row = this.parts.entries.querySelector(`[data-key="${key}"]`);
    const same = row?.querySelector(`[data-do="${what}"]`);
    (same?.disabled ? row.querySelector("[data-do=jump]") : same)?.focus();
  }

  afterRemoving(key) {
    const rows = [...this.parts.entries.children];
    const place = rows.findIndex((row) => row.dataset.key === key);
    const beside = (rows[place + 1] ?? rows[place - 1])?.dataset.key;
    this.player.remove(key);
    if (beside) this.parts.entries.querySelector(`[data-key="${beside}"] [data-do=remove]`)?.focus();
    else this.clear();
  }

  say(text) {
    this.parts.said.textContent = text;
  }

  waiting(on) {
    this.element.classList.toggle("waiting", on);
  }

  wishes({ volume, muted, even, preview }) {
    const { parts } = this;
    parts.volume.value = Math.round(volume * 100);
    fill(parts.volume);
    parts.mute.setAttribute("aria-pressed", String(muted));
    parts.even.checked = even;
    parts.preview.checked = preview;
  }

  now(state, facts) {
    const { parts, player } = this;
    const { track, paused } = state;
    this.element.hidden = !track;
    parts.toggle.setAttribute("aria-pressed", String(!paused));
    parts.toggle.setAttribute("aria-label", paused ? "Play" : "Pause");
    tell(state, (size) => `${player.pageOf(track.id)}/art?size=${size}`);
    if (!track) {
      this.shown = null;
      return;
    }
    if (this.shown !== track.id) {
      this.shown = track.id;
      this.lead(player.pageOf(track.id));
      parts.title.textContent = track.title;
      parts.artist.textContent = track.artist;
      parts.art.src = `${player.pageOf(track.id)}/art?size=96`;
      this.wave.clear();
    }
    if (facts && this.drawn !== facts) {
      this.drawn = facts;
      this.wave.draw(facts);
    }
  }

  /* htmx reads where a link leads when it first sees it: another address needs another link. */
  lead(address) {
    const { parts } = this;
    const link = parts.link.cloneNode(true);
    link.href = address;
    parts.link.replaceWith(link);
    parts.link = link;
    parts.title = link.querySelector("[data-part=title]");
    window.htmx?.process(link);
  }

  time(state) {
    const { parts } = this;
    const { position, duration, track } = state;
    if (this.holding) return;
    parts.seek.max = Math.max(duration, 0.1).toFixed(1);
    parts.seek.disabled = !(duration > 0);
    parts.seek.value = position;
    parts.seek.setAttribute("aria-valuetext", `${clock(position)} of ${clock(duration)}`);
    fill(parts.seek);
    parts.position.textContent = clock(position);
    parts.duration.textContent = clock(duration);
    this.wave.go(position);
    const passage = track?.end ?? null;
    parts.passage.hidden = passage === null;
    if (passage !== null) parts.passage.textContent = `${clock(track.start ?? 0)} to ${clock(passage)}`;
    const second = Math.floor(position);
    if (second !== this.second) {
      this.second = second;
      tell(state, (size) => `${this.player.pageOf(track.id)}/art?size=${size}`);
    }
  }

  /* The list is drawn while it is seen. */
  queue(queue) {
    const { parts } = this;
    parts.count.textContent = `${queue.at + 1} of ${queue.entries.length}`;
    parts.shuffle.setAttribute("aria-pressed", String(queue.shuffled));
    parts.repeat.setAttribute("aria-pressed", String(queue.repeat !== "off"));
    parts.repeat.setAttribute("aria-label", NAMES[queue.repeat]);
    parts.repeat.title = NAMES[queue.repeat];
    parts.repeat.dataset.repeat = queue.repeat;
    if (!parts.sheet.hidden) this.list(queue);
  }

  list(queue) {
    const { parts, player } = this;
    const template = parts.entry.content.firstElementChild;
    const rows = queue.entries.map((one, place) => {
      const row = template.cloneNode(true);
      row.dataset.key = one.key;
      const current = place === queue.at;
      if (current) row.setAttribute("aria-current", "true");
      row.querySelector("[data-of=title]").textContent = one.title;
      row.querySelector("[data-of=artist]").textContent = one.artist;
      row.querySelector("img").src = `${player.pageOf(one.id)}/art?size=96`;
      const seconds = one.end === null ? one.duration : one.end - (one.start ?? 0);
      row.querySelector("[data-of=duration]").textContent = seconds ? clock(seconds) : "";
      const names = { up: "Earlier", down: "Later", remove: "Remove" };
      for (const [what, name] of Object.entries(names)) {
        row.querySelector(`[data-do=${what}]`).setAttribute("aria-label", `${name}: ${one.title}`);
      }
      row.querySelector("[data-do=up]").disabled = place === 0;
      row.querySelector("[data-do=down]").disabled = place === queue.entries.length - 1;
      return row;
    });
    parts.entries.replaceChildren(...rows);
  }
}
