/* Files that are brought: dropped or chosen, sent a few at a time, each with its own progress.

   What is too large is refused before it travels. Where the server says that too much came at once,
   a file is sent again after as many seconds as it asks for. */

import { notify } from "./notice.js";

const AT_ONCE = 2;
const TRIES = 20;

export function mount(form) {
  const input = form.elements.file;
  const rows = document.getElementById("list");
  const overall = document.getElementById("overall");
  const list = rows.querySelector("[data-list]");
  const pattern = document.getElementById("file-row");
  const most = Number(form.dataset.megabytes);
  const waiting = [];
  const going = new Set();
  let sent = 0;
  let all = 0;
  let ended = false; // the page was left: nothing more is sent, and no address is changed

  input.removeAttribute("required");
  form.classList.add("live");
  form.querySelector("button").hidden = true;

  function take(files) {
    for (const file of files) {
      all += 1;
      waiting.push(new Sending(file));
    }
    rows.classList.remove("no-files");
    input.value = "";
    next();
  }

  function next() {
    while (!ended && going.size < AT_ONCE && waiting.length > 0) {
      const one = waiting.shift();
      going.add(one);
      one.go().finally(() => {
        going.delete(one);
        next();
      });
    }
    const left = going.size + waiting.length;
    overall.textContent = left ? `${sent} of ${all} sent` : all ? `All ${all} are sent` : "";
  }

  /* The address of the page names the files that were sent, so that it can be kept. */
  function remember(token) {
    const here = new URL(window.location.href);
    if (!here.searchParams.getAll("of").includes(token)) here.searchParams.append("of", token);
    here.searchParams.delete("forgotten");
    window.history.replaceState(window.history.state, "", here);
    return here;
  }

  class Sending {
    constructor(file) {
      this.file = file;
      this.row = pattern.content.firstElementChild.cloneNode(true);
      this.row.querySelector("[data-name]").textContent = file.name;
      this.row.querySelector("[data-size]").textContent = size(file.size);
      this.bar = this.row.querySelector("progress");
      this.bar.setAttribute("aria-label", `Sending ${file.name}`);
      this.again = this.row.querySelector("[data-again]");
      this.again.addEventListener("click", () => {
        waiting.push(this);
        next();
      });
      this.row.querySelector("[data-leave]").addEventListener("click", () => this.leave());
      list.append(this.row);
    }

    say(text, { bad = false } = {}) {
      const said = this.row.querySelector("[data-said]");
      said.textContent = text;
      said.classList.toggle("bad", bad);
    }

    leave() {
      const at = waiting.indexOf(this);
      if (at >= 0) waiting.splice(at, 1);
      this.left = true;
      this.request?.abort();
      this.row.remove();
      all -= 1;
      next();
    }

    async go() {
      this.again.hidden = true;
      if (this.file.size > most * 1e6) {
        this.bar.hidden = true;
        this.say(`It has ${Math.ceil(this.file.size / 1e6)} MB, and ${most} MB are taken.`, { bad: true });
        return;
      }
      for (let tried = 0; tried < TRIES && !this.left && !ended; tried += 1) {
        const answer = await this.send();
        if (this.left || ended) return;
        if (answer.status === 503) {
          this.say("Many files come at once; this one waits its turn.");
          await pause((Number(answer.retry) || 2) * 1000 * (1 + Math.random()));
          continue;
        }
        this.bar.hidden = true;
        if (answer.status === 201) await this.arrived(answer.body.uploads[0]);
        else this.failed(answer);
        return;
      }
      if (!this.left && !ended) this.failed({ body: { detail: "The server is too busy just now." } });
    }

    failed({ body }) {
      this.again.hidden = false;
      this.say([body?.detail, body?.remedy].filter(Boolean).join(" ") || "It did not arrive.", { bad: true });
    }

    async arrived({ token }) {
      if (ended) return;
      sent += 1;
      const here = remember(token);
      const one = new URL(form.dataset.page, here);
      one.searchParams.set("of", token);
      const page = await fetch(one).then((got) => (got.ok ? got.text() : ""), () => "");
      if (ended) return;
      const row = new DOMParser().parseFromString(page, "text/html").getElementById(`upload-${token}`);
      if (row) {
        this.row.replaceWith(row);
        window.htmx.process(row);
      } else {
        this.say("It arrived.");
      }
    }

    send() {
      const data = new FormData();
      data.append("file", this.file);
      this.bar.hidden = false;
      this.say("Being sent");
      return new Promise((done) => {
        const request = (this.request = new XMLHttpRequest());
        request.open("POST", form.action);
        request.setRequestHeader("Accept", "application/json");
        request.responseType = "json";
        request.upload.addEventListener("progress", ({ loaded, total }) => {
          this.bar.value = total ? loaded / total : 0;
        });
        request.addEventListener("load", () => {
          const retry = request.getResponseHeader("Retry-After");
          done({ status: request.status, body: request.response, retry });
        });
        request.addEventListener("error", () => {
          done({ status: 0, body: { detail: "The connection broke off.", remedy: "Is the server still running?" } });
        });
        request.addEventListener("abort", () => done({ status: 0 }));
        request.send(data);
      });
    }
  }

  function held(event) {
    return event.dataTransfer?.types.includes("Files");
  }

  let depth = 0;
  const listeners = {
    dragenter(event) {
      if (held(event) && (depth += 1)) form.classList.add("over");
    },
    dragleave(event) {
      if (held(event) && (depth -= 1) <= 0) form.classList.remove("over");
    },
    dragover(event) {
      if (held(event)) event.preventDefault();
    },
    drop(event) {
      if (!held(event)) return;
      event.preventDefault();
      depth = 0;
      form.classList.remove("over");
      const files = [...event.dataTransfer.files].filter((file) => file.size > 0 || file.type);
      if (files.length) take(files);
      else notify("A folder cannot be dropped here. Drop the files in it.");
    },
    beforeunload(event) {
      if (going.size + waiting.length > 0) event.preventDefault();
    },
  };
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener);
  /* Links of ours swap the page within its document, of which the browser itself does not warn. */
  function asking(event) {
    const left = going.size + waiting.length;
    if (!left || event.detail.target !== document.body) return; // a part of this page comes anew
    const files = left === 1 ? "1 file is" : `${left} files are`;
    if (!window.confirm(`${files} not sent yet. Leave this page without ${left === 1 ? "it" : "them"}?`)) {
      event.preventDefault();
    }
  }
  document.addEventListener("htmx:confirm", asking);

  const chosen = () => take([...input.files]);
  const asked = (event) => {
    event.preventDefault();
    if (input.files.length) take([...input.files]);
  };
  input.addEventListener("change", chosen);
  form.addEventListener("submit", asked);
  // Who was faster than this, or comes back to a page that the browser kept, has chosen already.
  if (input.files.length) chosen();
  return () => {
    ended = true;
    const left = going.size + waiting.length;
    if (left) notify(left === 1 ? "1 file was not sent." : `${left} files were not sent.`);
    document.removeEventListener("htmx:confirm", asking);
    for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener);
    for (const one of [...going]) one.request?.abort();
  };
}

function size(bytes) {
  return bytes >= 1e5 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}

function pause(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}
