/** View floor. Makes the page installable, and has it tell when its server can't be reached. */

/** Register the service worker once the page is loaded; where that isn't allowed, nothing changes. */
export function install(page = globalThis) {
  const { serviceWorker } = page.navigator;
  if (!serviceWorker) return;
  const register = () => serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" }).catch(() => {});
  if (page.document.readyState === "complete") register();
  else page.addEventListener("load", register, { once: true });
}
