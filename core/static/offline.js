// The copy on this device: asked for, kept fresh, shown with its age, and thrown away.
"use strict";

(() => {
  const STORE = "krislarm-offline";
  const COPY = "/offline/copy";
  const { user } = document.documentElement.dataset;
  const workers = navigator.serviceWorker; // none without https

  async function tell(act) {
    const registration = await workers?.getRegistration("/");
    const worker = registration?.active ?? registration?.waiting ?? registration?.installing;
    if (!worker) return "";
    const channel = new MessageChannel();
    const answer = new Promise((done) => (channel.port1.onmessage = (event) => done(event.data)));
    worker.postMessage({ act, user }, [channel.port2]);
    return answer;
  }

  // "2 timmar", in the page's language.
  function age(since) {
    const minutes = Math.max(0, Math.floor((Date.now() - new Date(since)) / 60_000));
    const [count, unit] =
      minutes < 60 ? [minutes, "minute"] : minutes < 48 * 60 ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1440), "day"];
    return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, unitDisplay: "long" }).format(count);
  }

  function showAges() {
    document.querySelectorAll("[data-saved-at]").forEach((place) => {
      place.textContent = place.dataset.words.replace("{age}", age(place.dataset.savedAt));
    });
  }

  async function showState(panel) {
    const { saved, none, cannot, timeZone } = panel.dataset;
    const copy = workers && (await caches.match(COPY, { cacheName: STORE }));
    const at = copy?.headers.get("x-saved-at");
    const clock = at && new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", timeZone });
    panel.querySelector("[data-state]").textContent = !workers ? cannot : at ? saved.replace("{when}", clock).replace("{age}", age(at)) : none;
    panel.querySelector("[data-save]").hidden = !workers;
    panel.querySelector("[data-forget]").hidden = !at;
  }

  async function keep(panel, form) {
    const asked = await fetch(form.action, { method: "POST" });
    if (asked.ok) await workers.register("/sw.js");
    if (asked.ok) await workers.ready;
    const at = asked.ok && (await tell("save"));
    await showState(panel);
    if (!at) panel.querySelector("[data-state]").textContent = panel.dataset.failed;
  }

  document.querySelectorAll("[data-offline]").forEach((panel) => {
    panel.querySelector("[data-save]").addEventListener("submit", (event) => {
      event.preventDefault();
      keep(panel, event.target).catch(() => (panel.querySelector("[data-state]").textContent = panel.dataset.failed));
    });
    panel.querySelector("[data-forget]").addEventListener("click", () => tell("forget").then(() => showState(panel)));
    showState(panel);
  });

  // Signing out leaves nothing behind; the server says the same to the browser.
  document.addEventListener("submit", (event) => {
    if (/\/(sign-out|sign-out-everywhere|account\/password)$/.test(event.target.action)) tell("forget");
  });

  if (user) tell("refresh");
  if (user) setInterval(() => tell("refresh"), 600_000);
  showAges();
  setInterval(showAges, 30_000);
})();
