/*
 * Buttons that set something going do it once: a form with data-once is sent a single
 * time, until the page is shown anew. And what went wrong is read out first.
 */
(() => {
  const sent = new WeakSet();

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('[data-once], [data-composer]')) return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    // Something else may have stopped it; then it is not sent, and may be.
    setTimeout(() => {
      if (event.defaultPrevented) return;
      sent.add(form);
      form.setAttribute('aria-busy', 'true');
      buttons(form).forEach((button) => button.setAttribute('aria-disabled', 'true'));
    });
  });

  // Back in the browser shows the page as it was left.
  addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    document.querySelectorAll('[data-once], [data-composer]').forEach((form) => {
      sent.delete(form);
      form.removeAttribute('aria-busy');
      buttons(form).forEach((button) => button.removeAttribute('aria-disabled'));
    });
  });

  const buttons = (form) => [...form.elements].filter((each) => each.type === 'submit');

  document.addEventListener('DOMContentLoaded', () => {
    document.querySelector('[data-first-focus]')?.focus();
  });
})();
