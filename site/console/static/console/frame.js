/* The cluster switcher closes on Escape, on a click elsewhere, and when left by Tab. */
(() => {
  const close = (details) => details.removeAttribute('open');
  const open = () => document.querySelectorAll('details[data-switcher][open]');

  document.addEventListener('click', (event) => {
    open().forEach((details) => {
      if (!details.contains(event.target)) close(details);
    });
  });
  document.addEventListener('focusin', (event) => {
    open().forEach((details) => {
      if (!details.contains(event.target)) close(details);
    });
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    open().forEach((details) => {
      close(details);
      details.querySelector('summary').focus();
    });
  });
})();

/* Buttons that copy what a field holds. */
document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  const field = document.querySelector(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // Without https there is no clipboard: the text is selected, to be copied by hand.
    return;
  }
  button.querySelector('span').textContent = button.dataset.copied;
});

/* A form that came back with errors begins at the first of them. */
document.addEventListener('DOMContentLoaded', () => {
  const error = document.querySelector('.page-form .error-message, .page-form .help-critical');
  const field = error?.closest('.w-field')?.querySelector('input, select, textarea');
  if (field) {
    field.focus();
    field.scrollIntoView({ block: 'center' });
  } else {
    error?.scrollIntoView({ block: 'center' });
  }
});

/* Alt + Shift + E raises an emergency from every page. */
document.addEventListener('keydown', (event) => {
  if (!event.altKey || !event.shiftKey || event.code !== 'KeyE') return;
  const raise = document.querySelector('[data-raise]');
  if (!raise) return;
  event.preventDefault();
  raise.click();
});

/* Lists that are taken along on paper. */
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-print]')) window.print();
});
