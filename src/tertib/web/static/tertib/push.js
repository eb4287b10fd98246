// Takes pushed notices, also while no page of Tertib is open, and opens what they are about.
"use strict";
self.addEventListener("push", (e) => {
  const said = e.data ? e.data.json() : {};
  e.waitUntil(self.registration.showNotification(said.title || "Tertib", {
    body: said.body || "", tag: said.tag || "tertib", data: { url: said.url || "/pemberitahuan" },
  }));
});
self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  const to = new URL(e.notification.data.url, self.location.origin);
  if (to.origin === self.location.origin) e.waitUntil(self.clients.openWindow(to.href));
});
