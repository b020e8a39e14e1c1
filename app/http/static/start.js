// Starts the scripts of a page once it has been painted, so that nobody waits for them to see it.

const { module } = document.currentScript.dataset;
if (location.hash.length > 1 || !PerformanceObserver.supportedEntryTypes.includes("paint")) {
  document.body.classList.add("linked"); // what the address asks for comes with the scripts, and nothing else before
  import(module);
} else {
  new PerformanceObserver((_, observer) => {
    observer.disconnect();
    import(module);
  }).observe({ type: "paint", buffered: true });
}
