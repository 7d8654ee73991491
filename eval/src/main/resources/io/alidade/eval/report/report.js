"use strict";
(() => {
  const tip = document.getElementById("tip");

  function show(text, x, y) {
    tip.textContent = text;
    tip.hidden = false;
    const box = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, x + 14), innerWidth - box.width - 8);
    const above = y - box.height - 12;
    tip.style.left = left + "px";
    tip.style.top = (above > 8 ? above : y + 18) + "px";
  }

  function hide() {
    tip.hidden = true;
  }

  // One listener serves every element with a tip.
  document.addEventListener("pointermove", (event) => {
    const element = event.target.closest("[data-tip]");
    if (element) show(element.dataset.tip, event.clientX, event.clientY);
    else if (!event.target.closest(".plot")) hide();
  });
  document.addEventListener("focusin", (event) => {
    const element = event.target.closest("[data-tip]");
    if (!element) return hide();
    const box = element.getBoundingClientRect();
    show(element.dataset.tip, box.left + box.width / 2, box.top);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });

  // Charts: a line follows the pointer, the arrow keys move it too.
  for (const plot of document.querySelectorAll(".plot")) {
    const points = plot.dataset.points.split(";").map((row) => row.split("|"));
    const cross = plot.querySelector(".cross");
    const svg = plot.querySelector("svg");
    let at = 0;

    function mark(index) {
      at = Math.min(points.length - 1, Math.max(0, index));
      const [percent, ...words] = points[at];
      const box = svg.getBoundingClientRect();
      cross.hidden = false;
      cross.style.left = percent + "%";
      show(words.join("\n"), box.left + (percent / 100) * box.width, box.top + box.height / 2);
    }

    function nearest(percent) {
      let best = 0;
      for (let i = 1; i < points.length; i++) {
        if (Math.abs(points[i][0] - percent) < Math.abs(points[best][0] - percent)) best = i;
      }
      return best;
    }

    plot.addEventListener("pointermove", (event) => {
      const box = svg.getBoundingClientRect();
      mark(nearest(((event.clientX - box.left) / box.width) * 100));
    });
    plot.addEventListener("pointerleave", () => {
      cross.hidden = true;
      hide();
    });
    plot.addEventListener("keydown", (event) => {
      const moves = { ArrowLeft: -1, ArrowRight: 1 };
      if (event.key in moves) {
        event.preventDefault();
        mark(at + moves[event.key]);
      }
    });
  }

  for (const button of document.querySelectorAll(".copy")) {
    button.addEventListener("click", async () => {
      const line = button.parentElement.querySelector("code").textContent;
      try {
        await navigator.clipboard.writeText(line);
        button.textContent = "Copied";
      } catch {
        // A page opened from a file may not write to the clipboard: select the line instead.
        getSelection().selectAllChildren(button.parentElement.querySelector("code"));
        button.textContent = "Selected";
      }
      setTimeout(() => (button.textContent = "Copy"), 1600);
    });
  }
})();
