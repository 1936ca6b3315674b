/* Menus that open over the page (details.pop): one at a time; a click elsewhere, Escape, the choice
   of an entry or leaving them with the keyboard closes them. */

function shut(except = null) {
  for (const open of document.querySelectorAll("details.pop[open]")) {
    if (open !== except) open.open = false;
  }
}

document.addEventListener("click", (event) => {
  const within = event.target.closest("details.pop");
  const chosen = event.target.closest(".pop-sheet a, .pop-sheet button");
  shut(chosen ? null : within);
});

document.addEventListener("focusin", (event) => shut(event.target.closest("details.pop")));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.pop[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
  event.stopPropagation();
});
