/* Signing in and the account: everything works without this; it lets a password be seen and a form be sent once. */
"use strict";
(function () {
  for (const look of document.querySelectorAll("[data-look]")) {
    const entry = document.getElementById(look.dataset.look);
    const show = look.textContent;
    look.hidden = false;
    look.addEventListener("click", () => {
      const hidden = entry.type === "password";
      entry.type = hidden ? "text" : "password";
      look.textContent = hidden ? look.dataset.hide : show;
      entry.focus();
    });
  }

  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      const button = form.querySelector("button[type=submit]");
      if (button.getAttribute("aria-busy") === "true") event.preventDefault();
      button.setAttribute("aria-busy", "true");
    });
  }

  // A page that comes back from the browser's memory was sent once, and may be again.
  window.addEventListener("pageshow", () => {
    for (const busy of document.querySelectorAll("[aria-busy]")) busy.removeAttribute("aria-busy");
  });
})();
