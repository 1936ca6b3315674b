/* A track may stand in several places of a page: what somebody says of it shows in all of them. */

document.addEventListener("segue:opinion", ({ detail }) => {
  for (const form of document.querySelectorAll(`[data-like="${CSS.escape(detail.id)}"]`)) {
    for (const button of form.querySelectorAll("[data-kind]")) {
      const stands = button.dataset.kind === detail.kind;
      button.value = stands ? "undo" : button.dataset.kind;
      button.setAttribute("aria-pressed", String(stands));
    }
    form.querySelector(".skipped")?.remove();
  }
});
