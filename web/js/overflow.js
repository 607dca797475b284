/** Marks wide figures, tables and outputs, so that site.css can say that they scroll sideways. */

// In pixels. A smaller excess can be only margin.
const LEAST = 16;

/**
 * @param {HTMLElement} main
 * @param {AbortSignal} signal
 */
export function markWider(main, signal) {
  const observer = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      // Measure without the mark: its text can change the width, and the mark would go on and off.
      target.removeAttribute("data-wider");
      target.toggleAttribute("data-wider", target.scrollWidth > target.clientWidth + LEAST);
    }
  });
  const observeAll = () => {
    for (const place of main.querySelectorAll(".picture, .scroll, .output pre"))
      observer.observe(place);
  };
  // The output of a cell is added later, when the cell runs.
  const coming = new MutationObserver(observeAll);
  coming.observe(main, { childList: true, subtree: true });
  observeAll();
  signal.addEventListener("abort", () => {
    observer.disconnect();
    coming.disconnect();
  });
}
