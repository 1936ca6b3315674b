/* Jobs that move while one looks at them.

   Every element with data-job="ID" shows that job. One connection tells all of them, for as long as
   there are any and the page can be seen. An element gets the event "segue:job" with what was told. */

const shown = new Set();
let source = null;
let asked = "";
let planned = 0;

const OPEN = ["queued", "running", "interrupted"];

function wanted() {
  const open = [...shown].filter((element) => OPEN.includes(element.dataset.state));
  if (open.length === 0 || document.hidden) return "";
  const named = ({ dataset: { token, job } }) => (token ? `upload=${encodeURIComponent(token)}` : `job=${job}`);
  const names = [...new Set(open.map(named))].slice(0, 200);
  return `${open[0].dataset.events}?${names.join("&")}`;
}

function connect() {
  planned = 0;
  const address = wanted();
  if (address === asked && source?.readyState !== EventSource.CLOSED) return;
  source?.close();
  source = null;
  asked = address;
  if (!address) return;
  source = new EventSource(address);
  source.addEventListener("job", (event) => tell(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    if (source?.readyState === EventSource.CLOSED) setTimeout(plan, 10_000);
  });
}

/* Many elements come and go together; one connection for all of them is made a moment later. */
function plan() {
  if (!planned) planned = setTimeout(connect, 50);
}

document.addEventListener("visibilitychange", plan);

function tell(job) {
  for (const element of shown) {
    if (Number(element.dataset.job) === job.id) show(element, job);
  }
}

function show(element, job) {
  const before = element.dataset.state;
  element.dataset.state = job.state;
  for (const part of element.querySelectorAll("[data-part]")) {
    const text = job[part.dataset.part] ?? "";
    if (part.textContent !== text) part.textContent = text;
  }
  const bar = element.querySelector("progress");
  if (bar) {
    if (job.total) {
      bar.max = job.total;
      bar.value = job.done;
    } else {
      bar.removeAttribute("value");
    }
    bar.hidden = !job.open;
  }
  element.dispatchEvent(new CustomEvent("segue:job", { bubbles: true, detail: job }));
  if (!job.open && OPEN.includes(before)) {
    plan();
    refresh(element.dataset.refresh);
  }
}

/* Fetch a part of this page anew. */
export function refresh(selector) {
  if (!selector || !document.querySelector(selector)) return;
  window.htmx.ajax("GET", window.location.href, {
    target: selector,
    select: selector,
    swap: "outerHTML",
  });
}

export function mount(element) {
  shown.add(element);
  plan();
  return () => {
    shown.delete(element);
    plan();
  };
}
