// Small comforts. Every page works without them.
"use strict";

const each = (root, selector, act) => root.querySelectorAll(selector).forEach(act);
const two = (number) => String(number).padStart(2, "0");

// Clocks and countdowns, once a second, by the server's clock: the one in the room may be wrong.
const { now: told, zone = "+00:00" } = document.documentElement.dataset;
const ahead = told ? new Date(told) - Date.now() : 0;
const zoneMinutes = Number(zone[0] + "1") * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));

function tick() {
  const now = new Date(Date.now() + ahead);
  const local = new Date(now.getTime() + zoneMinutes * 60000);
  each(document, "[data-clock]", (clock) => {
    clock.hidden = false;
    clock.textContent = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  });
  each(document, "[data-until]", (countdown) => {
    const left = Math.ceil((new Date(countdown.dataset.until) - now) / 1000);
    countdown.textContent = left > 0 ? `${Math.floor(left / 60)}:${two(left % 60)}` : countdown.dataset.over;
  });
  each(document, "[data-gone-at]", (form) => {
    const left = (new Date(form.dataset.goneAt) - now) / 1000;
    const progress = form.querySelector("progress");
    if (progress) progress.value = Math.max(0, left);
    if (left <= 0 && !form.contains(document.activeElement)) form.hidden = true;
    if (left <= 0) each(form, "button", (button) => (button.disabled = true));
  });
}

// How many parts a text takes: GSM-7 has 160 characters, anything else 70.
const GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const GSM_DOUBLE = "^{}\\[~]|€\f";
const fits = (text) => [...text].every((sign) => GSM.includes(sign) || GSM_DOUBLE.includes(sign));

// As alerting/gsm7.py writes it before sending.
function plain(text) {
  const spelt = text.normalize("NFC").replace(/[‐-―−•·●▪]/g, "-").replace(/[‘’‚‛′´`ʼ]/g, "'").replace(/[“”„‟″«»]/g, '"');
  const plainer = (sign) => sign.normalize("NFKD").replace(/[\p{C}\p{M}]/gu, "");
  return [...spelt].map((sign) => (!fits(sign) && fits(plainer(sign)) ? plainer(sign) : sign)).join("");
}

function count(output) {
  const text = plain(document.getElementById(output.dataset.countFor).value);
  const foreign = [...new Set(text)].filter((sign) => !fits(sign));
  const used = foreign.length ? text.length : [...text].reduce((sum, sign) => sum + (GSM_DOUBLE.includes(sign) ? 2 : 1), 0);
  const [single, joined] = foreign.length ? [70, 67] : [160, 153];
  const parts = used <= single ? 1 : Math.ceil(used / joined);
  const words = output.dataset.words
    .replace("{used}", used)
    .replace("{room}", parts === 1 ? single : parts * joined)
    .replace("{parts}", parts);
  output.textContent = foreign.length ? `${words}, ${output.dataset.special.replace("{signs}", foreign.join(" "))}` : words;
  output.classList.toggle("over", parts > 1);
}

function prepare(root) {
  each(root, "[data-count-for]", count);
  each(root, ".tabs [aria-current]", (here) => (here.closest(".tabs").scrollLeft = here.offsetLeft - 48));
  each(root, ".bubbles", (bubbles) => (bubbles.scrollTop = bubbles.scrollHeight));
  tick();
}

document.addEventListener("input", (event) => {
  each(document, `[data-count-for="${event.target.id}"]`, count);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  const closer = event.target.closest("dialog [data-close]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.open).showModal();
  }
  if (closer && closer.closest("dialog").open) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
  each(document, "details.menu[open]", (menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  each(document, "details.menu[open]", (menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

// A second press while the first is on its way does nothing.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.classList.contains("is-sending")) event.preventDefault();
  event.target.classList.add("is-sending");
  setTimeout(() => event.target.classList.remove("is-sending"), 8000);
});
window.addEventListener("pageshow", () => each(document, ".is-sending", (form) => form.classList.remove("is-sending")));

// A board that has lost the server says so.
const connected = (yes) => each(document, "[data-connection]", (strip) => (strip.hidden = yes));
document.addEventListener("htmx:sseOpen", () => connected(true));
document.addEventListener("htmx:sseError", () => connected(false));
document.addEventListener("htmx:sendError", () => connected(false));
// A part that reads itself again: gone for good, or not answered this time, or there again.
document.addEventListener("htmx:responseError", (event) => {
  if (!event.target.matches("[data-live]")) return;
  if (event.detail.xhr.status === 404) location.reload();
  else connected(false);
});
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.target.matches("[data-live]") && event.detail.xhr.status < 400) connected(true);
});
document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));
document.addEventListener("htmx:afterRequest", (event) => event.target.classList.remove("is-sending"));

prepare(document);
setInterval(tick, 1000);
