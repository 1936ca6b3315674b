/* What pages gain where scripts run. Without them everything here still works by forms and links. */

import { watch } from "./modules.js";
import "./navigation.js";
import { notify, post } from "./notice.js";
import "./pop.js";
import "./basket.js";
import "./radio.js";

export { notify, post };

watch(document.body);

/* Parts of pages: leave empty fields out of addresses, say when the server is away. */

document.addEventListener("htmx:configRequest", (event) => {
  const { formData, verb } = event.detail;
  if (verb !== "get") return;
  for (const name of new Set(formData.keys())) {
    const given = formData.getAll(name).filter((value) => value !== "");
    formData.delete(name);
    for (const value of given) formData.append(name, value);
  }
});

document.addEventListener("htmx:sendError", () => {
  notify("The server does not answer. Is it still running?");
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) notify("");
});

/* Sending a file: refuse what is too large before it travels, and say that listening takes a moment. */

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.upload");
  if (!form) return;
  const file = form.elements.file.files[0];
  const most = Number(form.dataset.megabytes);
  const busy = form.querySelector(".busy");
  if (file && file.size > most * 1e6) {
    event.preventDefault();
    busy.textContent = `This file has ${Math.ceil(file.size / 1e6)} MB; the page takes ${most} MB.`;
    return;
  }
  busy.textContent = "Listening to it. This takes a few seconds.";
  form.querySelector("button").disabled = true;
});

/* A page shown again by the back button is ready to send again. */

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form.upload")) {
    form.querySelector("button").disabled = false;
    form.querySelector(".busy").textContent = "";
  }
});
