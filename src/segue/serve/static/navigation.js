/* Pages that change while what plays goes on.

   htmx fetches the page that a link or form leads to; here it is made to put the new #page in the
   place of the old one and nothing else, to say where one is now, and to keep where one was. */

import { notify } from "./notice.js";

let pending = null;

function address(xhr) {
  return xhr.responseURL || "";
}

function isPage(xhr) {
  return (xhr.getResponseHeader("content-type") ?? "").startsWith("text/html")
    && xhr.responseText.includes('id="page"');
}

/* The server answers with the whole page; only its #page is taken. */

document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.boosted) delete event.detail.headers["HX-Target"];
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.boosted) return;
  pending?.abort();
  pending = event.detail.xhr;
  document.documentElement.classList.add("going");
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (!detail.boosted) {
    // An answer to a part of a page that has gone must neither show nor change the address.
    if (!detail.requestConfig.elt.isConnected) detail.shouldSwap = false;
    return;
  }
  if (detail.xhr !== pending) {
    detail.shouldSwap = false;
    return;
  }
  if (!isPage(detail.xhr)) {
    // A file to keep, or something that is no page of ours: the browser's own affair.
    detail.shouldSwap = false;
    if (detail.requestConfig.verb === "get") location.assign(address(detail.xhr));
    return;
  }
  detail.target = document.getElementById("page");
  detail.selectOverride = "#page > *";
  detail.swapOverride = "innerHTML";
});

/* What a form did without leading elsewhere has no address of its own. */

document.addEventListener("htmx:beforeHistoryUpdate", (event) => {
  const { history, pathInfo, requestConfig, boosted } = event.detail;
  keepScroll();
  if (!boosted || requestConfig.verb === "get" || pathInfo.responsePath !== pathInfo.finalRequestPath) return;
  history.type = "replace";
  history.path = location.pathname + location.search;
});

for (const name of ["htmx:afterRequest", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    if (event.detail.xhr !== pending) return;
    pending = null;
    document.documentElement.classList.remove("going");
  });
}

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.boosted && event.target.id === "page") arrived(event.detail.pathInfo.anchor);
});

document.addEventListener("htmx:historyRestore", () => arrived(null, returning));

document.addEventListener("htmx:historyCacheMissLoadError", () => location.reload());

/* Where one is: title, place in the navigation, focus, scroll, and a word for those who listen. */

function arrived(anchor, scroll = 0) {
  const here = placeOf(location.pathname);
  for (const link of document.querySelectorAll("nav.places a")) {
    if (link.dataset.here !== here) link.removeAttribute("aria-current");
    else link.setAttribute("aria-current", link.pathname === location.pathname ? "page" : "true");
  }
  for (const open of document.querySelectorAll("nav.places details[open]")) open.open = false;
  const main = document.getElementById("main");
  const aim = anchor ? document.getElementById(anchor) : null;
  const field = main.querySelector("[autofocus]");
  (field ?? main).focus({ preventScroll: true });
  if (aim) aim.scrollIntoView();
  else window.scrollTo(0, scroll);
  keepScroll();
  document.getElementById("announcement").textContent = document.title;
  notify("");
  document.dispatchEvent(new CustomEvent("segue:page", { detail: { address: location.href } }));
}

function placeOf(path) {
  const home = document.querySelector(".brand").pathname.replace(/\/$/, "");
  return path.slice(home.length).split("/")[1] ?? "";
}

/* The place on a page is kept with its entry of the history, so that going back finds it again. */

let returning = 0;
let settling = 0;

function keepScroll() {
  history.replaceState({ ...history.state, htmx: true, scroll: window.scrollY }, "");
}

history.scrollRestoration = "manual";
window.scrollTo(0, history.state?.scroll ?? window.scrollY);
window.addEventListener("scroll", () => {
  clearTimeout(settling);
  settling = setTimeout(keepScroll, 150);
}, { passive: true });
window.addEventListener("pagehide", keepScroll);
window.addEventListener("popstate", (event) => {
  clearTimeout(settling);
  returning = event.state?.scroll ?? 0;
  if (!event.state) document.getElementById(location.hash.slice(1))?.scrollIntoView();
});

/* A new window is what Shift and Alt ask of a link. */

document.addEventListener("click", (event) => {
  if ((event.shiftKey || event.altKey) && event.target.closest("a[href]")) event.stopPropagation();
}, true);
