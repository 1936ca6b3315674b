/* What a page says of itself in one line above the content: what went wrong, what was done. */

export function notify(text, { kind = "bad" } = {}) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  notice.dataset.kind = kind;
  notice.hidden = text === "";
}

/* Send a form (FormData) or a value (as JSON) to this server.

   Gives the response when it went well. What went wrong is said in the notice, in the server's own
   words where it has some, and gives the response, or null where there is none. */
export async function post(address, data) {
  const form = data instanceof FormData || data instanceof URLSearchParams;
  const headers = { Accept: "application/json" };
  if (!form) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      body: form ? data : JSON.stringify(data ?? {}),
      headers,
      credentials: "same-origin",
    });
  } catch {
    notify("The server does not answer. Is it still running?");
    return null;
  }
  if (response.ok) notify("");
  else notify(await trouble(response));
  return response;
}

/* What an answer says went wrong, whether it is a page or JSON. */
export async function trouble(response) {
  const kind = response.headers.get("content-type") ?? "";
  if (kind.includes("json")) {
    const { detail, remedy } = await response.clone().json();
    return [detail, remedy].filter(Boolean).join(" ");
  }
  const page = new DOMParser().parseFromString(await response.clone().text(), "text/html");
  const said = page.querySelector(".failure-detail")?.textContent.trim();
  return said || `The server answered ${response.status}.`;
}
