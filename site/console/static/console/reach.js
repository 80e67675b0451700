/*
 * The reach card follows the composer: whatever is chosen is posted, nothing is
 * stored, and the card, the sentence and the number on the button are put in place.
 */
(() => {
  const REST = 250;

  const start = () => {
    const form = document.querySelector('[data-composer]');
    const card = document.querySelector('[data-reach]');
    if (!form || !card) return;
    let timer;
    let running;
    let asked = '';

    const body = () => {
      const pairs = [...new FormData(form)].filter(([, value]) => typeof value === 'string');
      return new URLSearchParams(pairs);
    };

    const look = async () => {
      const typed = body();
      if (typed.toString() === asked) return;
      asked = typed.toString();
      running?.abort();
      running = new AbortController();
      card.setAttribute('aria-busy', 'true');
      try {
        const answer = await fetch(form.dataset.reachUrl, {
          method: 'POST',
          body: typed,
          signal: running.signal,
          headers: { 'X-Requested-With': 'XMLHttpRequest' },
        });
        if (!answer.ok || answer.redirected) throw new Error(`answered ${answer.status}`);
        show(await answer.text());
      } catch (problem) {
        if (problem.name === 'AbortError') return;
        asked = '';
        card.toggleAttribute('data-refresh-stale', true);
        timer = setTimeout(look, 4000);
        return;
      }
      card.removeAttribute('aria-busy');
      card.removeAttribute('data-refresh-stale');
    };

    const show = (html) => {
      card.innerHTML = html;
      card.querySelectorAll('template[data-fill]').forEach((filled) => {
        const slot = document.querySelector(`[data-slot="${filled.dataset.fill}"]`);
        if (slot) slot.textContent = filled.content.textContent.trim();
        filled.remove();
      });
    };

    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(look, REST);
    };
    form.addEventListener('change', soon);
    // The words matter too: where all read the same, one address gets it once.
    document.addEventListener('preview:shown', soon);
    addEventListener('pageshow', (event) => { if (event.persisted) soon(); });
    asked = body().toString();
  };

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
