/* The page that listens along.

   Nothing is asked of the browser before a button is pressed. What comes back is drawn by the server
   as on other pages, and put in the place of what stood there; a list that somebody is in waits. */

import { Line } from "./live-line.js";
import { deaf, file, insecure, microphone, player } from "./live-sources.js";

const FLOOR = -60; // dB below full scale where the meter begins
const LOUD = -3;

/* What a document may do is decided when it is loaded: a page that was only swapped in may not use
   the microphone. */
function loadedHere(page) {
  const [entry] = performance.getEntriesByType("navigation");
  return !entry || new URL(entry.name).pathname === new URL(page, location.href).pathname;
}

class Listening {
  constructor(element) {
    this.element = element;
    this.source = null;
    this.line = null;
    this.pending = null;
    this.turn = 0;
    element.addEventListener("click", (event) => this.clicked(event));
    this.input.addEventListener("change", () => {
      const [chosen] = this.input.files;
      if (chosen) this.begin(() => file(chosen));
    });
    this.part("asking").addEventListener("submit", (event) => event.preventDefault());
    this.part("asking").addEventListener("change", () => this.line?.ask(this.lens));
    const trouble = insecure();
    if (trouble) {
      this.tell(trouble);
      return;
    }
    for (const control of element.querySelectorAll("[data-do]")) control.disabled = false;
    const why = deaf();
    if (why) {
      this.button("player").disabled = true;
      this.part("player-words").textContent = why;
    }
  }

  part(name) {
    return this.element.querySelector(`[data-part=${name}]`);
  }

  button(name) {
    return this.element.querySelector(`[data-do=${name}]`);
  }

  get input() {
    return this.button("file");
  }

  get lens() {
    return this.part("asking").elements.lens.value;
  }

  clicked(event) {
    const wanted = event.target.closest("[data-do]")?.dataset.do;
    if (wanted === "microphone") this.begin(microphone);
    else if (wanted === "player") this.begin(player);
    else if (wanted === "stop") this.finish();
  }

  async begin(open) {
    this.drop();
    this.tell(null);
    this.say("");
    this.turn += 1;
    const { turn } = this;
    let source = null;
    try {
      source = await open();
      if (turn === this.turn) await this.connect(source);
      else source.stop();
    } catch (error) {
      source?.stop();
      if (turn !== this.turn) return;
      this.drop();
      this.tell(error.told ?? { title: "That did not work", detail: error.message, remedy: "Try again, or upload a file." });
      if (!error.told) console.error(error);
    }
  }

  async connect(source) {
    const { context } = source;
    this.source = source;
    const { turn } = this;
    await context.audioWorklet.addModule(this.element.dataset.worklet);
    context.resume(); // may wait for somebody to press play
    if (turn !== this.turn) return;
    const pieces = new AudioWorkletNode(context, "segue-pieces", { outputChannelCount: [1] });
    const line = new Line(this.element.dataset.sound, { rate: context.sampleRate, lens: this.lens });
    this.line = line;
    pieces.port.onmessage = ({ data }) => {
      this.level(data);
      line.give(data);
    };
    source.node.connect(pieces);
    pieces.connect(context.destination); // silent; what leads nowhere is not computed
    line.addEventListener("told", ({ detail }) => this.told(detail));
    line.addEventListener("over", ({ detail }) => this.over(line, detail));
    source.ended.then(() => this.line === line && this.finish());
    this.part("source").textContent = source.name;
    this.part("file").replaceChildren(...(source.element ? [source.element] : []));
    this.part("count").textContent = "Waiting for sound";
    this.part("now").hidden = false;
    this.say(`${source.name}.`);
    this.button("stop").focus();
  }

  level(piece) {
    let power = 0;
    for (const value of piece) power += value * value;
    const decibels = Math.max(FLOOR, Math.min(0, 10 * Math.log10(power / piece.length + 1e-12)));
    const meter = this.part("level");
    meter.style.setProperty("--level", String(1 - decibels / FLOOR));
    meter.classList.toggle("loud", decibels > LOUD);
    meter.setAttribute("aria-valuenow", decibels.toFixed(0));
    meter.setAttribute("aria-valuetext", decibels <= FLOOR ? "silent" : `${decibels.toFixed(0)} decibels`);
  }

  told(message) {
    if (message.kind !== "drawn") return;
    const lost = this.line?.lost ?? 0;
    const slow = lost ? ` The connection is slow: ${Math.ceil(lost)} seconds were left out.` : "";
    this.part("count").textContent = message.said + slow;
    if (message.attributes !== null) {
      this.part("attributes").innerHTML = message.attributes;
      if (this.part("found").hidden) {
        this.part("found").hidden = false;
        this.say("The first similar tracks are there.");
      }
    }
    if (message.list !== null) this.pending = message.list;
    this.place({ final: message.final });
  }

  /* Put the newest list in its place, unless somebody is in the one that stands. */
  place({ final = false } = {}) {
    const list = this.part("list");
    const inside = list.contains(document.activeElement) || list.querySelector("details[open]");
    const waits = Boolean(inside) && this.pending !== null && !final;
    this.part("waits").hidden = !waits;
    if (waits || this.pending === null || (final && inside)) return;
    list.innerHTML = this.pending;
    this.pending = null;
    window.htmx?.process(list);
    // Its buttons show whether what they name is playing.
    document.dispatchEvent(new CustomEvent("segue:ask-state"));
  }

  /* No more sound: the last answer is waited for. */
  finish() {
    this.turn += 1;
    this.silence();
    if (this.line) this.line.finish();
    else this.rest();
  }

  over(line, trouble) {
    if (this.line !== line) return;
    this.line = null;
    this.silence();
    this.rest();
    this.tell(trouble);
    if (!trouble) this.say("Stopped. What was heard stays here.");
  }

  silence() {
    this.source?.stop();
    this.source = null;
    this.part("file").replaceChildren();
  }

  rest() {
    const now = this.part("now");
    const focused = now.contains(document.activeElement);
    now.hidden = true;
    this.input.value = "";
    if (focused) this.button("microphone").focus();
  }

  /* Let go of everything at once. */
  drop() {
    this.turn += 1;
    const { line } = this;
    this.line = null;
    line?.end(null);
    this.silence();
    this.rest();
  }

  say(text) {
    this.part("said").textContent = text;
  }

  tell(trouble) {
    const place = this.part("trouble");
    place.hidden = !trouble;
    for (const name of ["title", "detail", "remedy"]) {
      place.querySelector(`[data-of=${name}]`).textContent = trouble?.[name] ?? "";
    }
  }
}

export function mount(element) {
  if (!loadedHere(element.dataset.page)) {
    location.reload();
    return null;
  }
  const listening = new Listening(element);
  const leave = () => listening.drop();
  window.addEventListener("pagehide", leave);
  return () => {
    window.removeEventListener("pagehide", leave);
    leave();
  };
}
