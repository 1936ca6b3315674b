/* The form that asks: sliders and their numbers move together, and the answer follows them.

   A slider sends nothing itself. It writes its number, and says "moved" once: the form waits a
   moment before it asks. Choosing a lens by name lets the numbers go, or they would count first. */

function shown(range, number) {
  range.value = number.value === "" ? range.dataset.open ?? range.min : number.value;
  range.classList.toggle("open", number.value === "");
  const full = Number(range.max) - Number(range.min) || 1;
  range.style.setProperty("--share", `${((range.valueAsNumber - Number(range.min)) / full) * 100}%`);
}

export function mount(form) {
  const numbers = () => form.querySelectorAll("input[type=number][name^='weigh.']");

  /* From now on the numbers count, even where they come back to what they were. */
  function weighed(number) {
    if (!number.name.startsWith("weigh.")) return;
    for (const each of numbers()) each.disabled = false;
    form.elements.weighed.value = "";
  }

  function onInput(event) {
    const id = event.target.dataset?.of;
    if (id) {
      const number = form.querySelector(`#${CSS.escape(id)}`);
      number.value = event.target.value;
      weighed(number);
      shown(event.target, number);
      form.dispatchEvent(new CustomEvent("moved"));
    } else if (event.target.type === "number") {
      weighed(event.target);
      const range = form.querySelector(`[data-of="${CSS.escape(event.target.id)}"]`);
      if (range) shown(range, event.target);
    }
  }

  /* What a slider did was said while it moved; its change says nothing new. */
  function onChange(event) {
    if (event.target.dataset?.of) event.stopPropagation();
    else if (event.target.name === "lens") {
      for (const number of numbers()) number.disabled = true;
    }
  }

  /* The sliders came anew with an answer, or somebody weighs for themselves. */
  function onSettled() {
    for (const range of form.querySelectorAll("[data-of]")) {
      const number = form.querySelector(`#${CSS.escape(range.dataset.of)}`);
      if (number) shown(range, number);
    }
    const own = form.querySelector("#own");
    const weights = new URLSearchParams(location.search).get("weights");
    if (!own) return;
    own.hidden = !weights;
    if (weights) {
      const radio = own.querySelector("input");
      radio.value = weights;
      radio.checked = true;
    }
  }

  function onOpen(event) {
    const clear = event.target.closest("[data-clear]");
    if (!clear) return;
    const number = form.querySelector(`#${CSS.escape(clear.dataset.clear)}`);
    number.value = "";
    onSettled();
    form.dispatchEvent(new CustomEvent("moved"));
  }

  onSettled();
  form.addEventListener("input", onInput);
  form.addEventListener("change", onChange, true);
  form.addEventListener("click", onOpen);
  document.addEventListener("htmx:afterSettle", onSettled);
  return () => document.removeEventListener("htmx:afterSettle", onSettled);
}
