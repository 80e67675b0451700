/*
 * Live parts of a page. An element with data-refresh-url is fetched again every
 * data-refresh-seconds (default 3) and swapped in place, without moving the page:
 *   - only when the HTML has changed, and never under a pointer that is pressed or
 *     a field that is being typed in;
 *   - not while the tab is hidden, and less and less often when the server is away;
 *   - until the fragment carries data-refresh-done, or the address answers 404.
 * A fragment with data-refresh-reload reloads the whole page once.
 * The fragment may be the element itself (same id) or what goes inside it.
 */
(() => {
  const watched = new Set();
  let pressed = false;
  addEventListener('pointerdown', () => { pressed = true; });
  addEventListener('pointerup', () => { pressed = false; });
  addEventListener('pointercancel', () => { pressed = false; });

  const seconds = (element) => Number(element.dataset.refreshSeconds) || 3;

  const busy = (element) => {
    const field = document.activeElement;
    const typing = field && element.contains(field) && field.matches('input:not([type=button]):not([type=submit]), textarea, select');
    return pressed || typing || element.querySelector('details[data-switcher][open]');
  };

  const innerOf = (element, html) => {
    const body = new DOMParser().parseFromString(html, 'text/html').body;
    const same = element.id && body.querySelector(`#${CSS.escape(element.id)}`);
    return same || body;
  };

  const swap = (element, fragment) => {
    const next = fragment.innerHTML;
    if (element.lastHTML === next) return;
    element.lastHTML = next;
    const focused = element.contains(document.activeElement) && document.activeElement.id;
    const opened = [...element.querySelectorAll('details[id][open]')].map((d) => d.id);
    element.innerHTML = next;
    opened.forEach((id) => document.getElementById(id)?.setAttribute('open', ''));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    element.dispatchEvent(new CustomEvent('console:refreshed', { bubbles: true }));
  };

  const stale = (element, is) => element.toggleAttribute('data-refresh-stale', is);

  const watch = (element) => {
    if (watched.has(element)) return;
    watched.add(element);
    let wait = seconds(element);

    const again = () => setTimeout(look, wait * 1000);
    const look = async () => {
      if (!element.isConnected) { watched.delete(element); return; }
      if (document.hidden || busy(element)) { again(); return; }
      let answer;
      try {
        answer = await fetch(element.dataset.refreshUrl, {
          headers: { 'X-Requested-With': 'XMLHttpRequest' },
          credentials: 'same-origin',
        });
      } catch {
        stale(element, true);
        wait = Math.min(wait * 2, 60);
        again();
        return;
      }
      if (answer.status === 401) { location.reload(); return; }
      if (answer.status === 404) return;
      if (!answer.ok) {
        stale(element, true);
        wait = Math.min(wait * 2, 60);
        again();
        return;
      }
      stale(element, false);
      wait = seconds(element);
      const fragment = innerOf(element, await answer.text());
      if (fragment.matches('[data-refresh-reload]') || fragment.querySelector('[data-refresh-reload]')) {
        location.reload();
        return;
      }
      if (!busy(element)) swap(element, fragment);
      if (fragment.matches('[data-refresh-done]') || fragment.querySelector('[data-refresh-done]')) return;
      again();
    };
    again();
  };

  const start = (root) => root.querySelectorAll('[data-refresh-url]').forEach(watch);
  start(document);
  document.addEventListener('console:refreshed', (event) => start(event.target));
  document.addEventListener('visibilitychange', () => { if (!document.hidden) start(document); });
})();
