/*
 * Live parts of a page. An element with data-refresh-url is fetched again every
 * data-refresh-seconds (default 3) and swapped in place, without moving the page:
 *   - only when the HTML has changed, and never under a pointer that is pressed or
 *     a field that is being typed in;
 *   - not while the tab is hidden, and less and less often when the server is away;
 *   - until the fragment carries data-refresh-done, or the address answers 404.
 * A fragment with data-refresh-reload reloads the whole page once.
 * The fragment may be the element itself (same id) or what goes inside it.
 *
 * With data-refresh-live a socket at the same address says when something moved: then
 * it is fetched at once, and otherwise hardly ever. Nothing depends on the socket.
 */
(() => {
  // Seconds: between two looks while a socket tells; between two that it asks for; until
  // a connection that was lost is worth a word; and until it is tried again, at most.
  const SAFETY = 10, REST = 0.5, WORTH_A_WORD = 3, LONGEST = 30;
  // A fetch that takes long is followed by a pause so many times as long.
  const SHARE = 3;

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

  const has = (fragment, mark) => fragment.matches(`[${mark}]`) || fragment.querySelector(`[${mark}]`);

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

  // The words beside a live part: whether it is told of changes. A short break is no news.
  const sayer = (element) => {
    const line = element.id && document.querySelector(`[data-live-line="${CSS.escape(element.id)}"]`);
    let timer;
    return (state) => {
      clearTimeout(timer);
      const say = () => { if (line) line.textContent = line.dataset[state] || ''; };
      timer = setTimeout(say, state === 'off' ? WORTH_A_WORD * 1000 : 0);
    };
  };

  // Keep a socket open for as long as the element is watched.
  const follow = (element, { moved, turned }) => {
    const address = new URL(element.dataset.refreshUrl, location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const say = sayer(element);
    let socket, timer, version, pause = 1;
    const open = () => {
      let opened = false;
      socket = new WebSocket(address.href);
      socket.onopen = () => { opened = true; say('on'); turned(true); };
      socket.onmessage = ({ data }) => {
        pause = 1;
        const told = JSON.parse(data).version;
        if (told !== version) moved();
        version = told;
      };
      socket.onclose = () => {
        if (opened) { say('off'); turned(false); }
        // Not all at once, when it was the server that went.
        timer = setTimeout(open, pause * (500 + Math.random() * 1000));
        pause = Math.min(pause * 2, LONGEST);
      };
    };
    open();
    return () => { socket.onclose = null; socket.close(); clearTimeout(timer); say('over'); };
  };

  const watch = (element) => {
    if (watched.has(element)) return;
    watched.add(element);
    let usual = seconds(element), wait = usual;
    let timer, stop = () => {}, looking = false, due = false, earliest = 0;

    const again = (pause) => { clearTimeout(timer); timer = setTimeout(look, pause * 1000); };
    const moved = () => {
      due = true;
      if (!looking) again(Math.max(0, earliest - performance.now() / 1000));
    };
    const turned = (on) => {
      usual = on ? SAFETY : seconds(element);
      wait = Math.min(wait, usual);
      if (on && element.hasAttribute('data-refresh-stale')) moved();
      else if (!on && !looking) again(wait);
    };
    const missed = () => {
      stale(element, true);
      wait = Math.min(wait * 2, 60);
    };

    // Whether there is more to come.
    const fetchIt = async () => {
      let answer;
      try {
        answer = await fetch(element.dataset.refreshUrl, {
          headers: { 'X-Requested-With': 'XMLHttpRequest' },
          credentials: 'same-origin',
        });
      } catch {
        missed();
        return true;
      }
      if (answer.status === 401) { location.reload(); return false; }
      if (answer.status === 404) return false;
      if (!answer.ok) { missed(); return true; }
      const fragment = innerOf(element, await answer.text());
      stale(element, false);
      wait = usual;
      if (has(fragment, 'data-refresh-reload')) { location.reload(); return false; }
      if (busy(element)) { due = true; return true; }
      swap(element, fragment);
      return !has(fragment, 'data-refresh-done');
    };

    const look = async () => {
      if (!element.isConnected) { watched.delete(element); stop(); return; }
      if (document.hidden || busy(element)) { again(Math.min(wait, seconds(element))); return; }
      const began = performance.now() / 1000;
      looking = true;
      due = false;
      const more = await fetchIt();
      looking = false;
      if (!more) { stop(); return; }
      const now = performance.now() / 1000;
      earliest = now + Math.max(REST, SHARE * (now - began));
      if (due) moved(); else again(wait);
    };

    again(wait);
    if (element.hasAttribute('data-refresh-live')) stop = follow(element, { moved, turned });
  };

  const start = (root) => root.querySelectorAll('[data-refresh-url]').forEach(watch);
  start(document);
  document.addEventListener('console:refreshed', (event) => start(event.target));
  document.addEventListener('visibilitychange', () => { if (!document.hidden) start(document); });
})();
