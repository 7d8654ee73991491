"use strict";
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  const { text, kind, language, found } = form.elements;
  const examples = Array.from(document.querySelectorAll(".example"), (element) => ({
    element,
    words: element.textContent.toLowerCase(),
  }));

  function show() {
    const wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { element, words } of examples) {
      const fits =
        (!kind.value || element.dataset.kind === kind.value) &&
        (!language.value || element.dataset.language === language.value) &&
        wanted.every((word) => words.includes(word));
      element.hidden = !fits;
      if (fits) shown++;
    }
    found.textContent = `${shown} shown`;
  }

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
