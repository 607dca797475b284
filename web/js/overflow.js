/** Says of a figure or table that is wider than the page that it goes on. */

// So many pixels may be margin alone.
const LEAST = 16;

/**
 * @param {HTMLElement} main
 * @param {AbortSignal} signal
 */
export function markWider(main, signal) {
  const observer = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      // Measured without the words, which could change what is measured, back and forth.
      target.removeAttribute("data-wider");
      target.toggleAttribute("data-wider", target.scrollWidth > target.clientWidth + LEAST);
    }
  });
  const observeAll = () => {
    for (const place of main.querySelectorAll(".picture, .scroll, .output pre"))
      observer.observe(place);
  };
  // What a cell prints comes later.
  const coming = new MutationObserver(observeAll);
  coming.observe(main, { childList: true, subtree: true });
  observeAll();
  signal.addEventListener("abort", () => {
    observer.disconnect();
    coming.disconnect();
  });
}
