/* What pages gain where scripts run. Without them everything here still works by forms and links. */

import { watch } from "./modules.js";
import "./navigation.js";
import { notify, post } from "./notice.js";
import "./pop.js";
import "./basket.js";
import "./opinions.js";
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

/* From what was typed straight to what was found, past everything that narrows it down. */

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || !event.target.matches?.("[role=search] input[type=search]")) return;
  const first = document.querySelector("#results .row-title");
  if (!first) return;
  first.focus();
  event.preventDefault();
});
