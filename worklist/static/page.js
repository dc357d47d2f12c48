// Opens and closes details, prints. The page works without it (noscript.css).
"use strict";

function setOpen(button, isOpen) {
  button.setAttribute("aria-expanded", String(isOpen));
  document.getElementById(button.getAttribute("aria-controls")).hidden = !isOpen;
}

document.addEventListener("click", (event) => {
  const toggle = event.target.closest(".toggle");
  if (toggle) setOpen(toggle, toggle.getAttribute("aria-expanded") !== "true");

  const all = event.target.closest("[data-toggle-all]");
  if (all) {
    const isOpen = all.getAttribute("aria-expanded") !== "true";
    document.querySelectorAll(".toggle").forEach((button) => setOpen(button, isOpen));
    all.setAttribute("aria-expanded", String(isOpen));
    all.textContent = isOpen ? "Close all details" : "Open all details";
  }

  if (event.target.closest("[data-print]")) window.print();
});

// A click anywhere on the row opens it too; links, buttons and selected text keep their own meaning.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr.head");
  if (!row || event.target.closest("a, button") || String(window.getSelection())) return;
  row.querySelector(".toggle").click();
});
