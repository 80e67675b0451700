/*
 * The composer: parts that depend on a choice show and hide, and people to leave out
 * are found by name. Everything is a plain form: without this it still works.
 */
(() => {
  const start = () => {
    const form = document.querySelector('[data-composer]');
    if (!form) return;
    dependents(form);
    templates(form);
    form.querySelectorAll('[data-people-url]').forEach((root) => people(root, form));
  };

  const dependents = (form) => {
    const show = () => {
      const who = form.elements.who.value;
      const when = form.elements.when.value;
      form.querySelector('[data-who-some]').hidden = who === 'everyone';
      form.querySelector('[data-when-at]').hidden = when !== 'at';
    };
    form.addEventListener('change', (event) => {
      if (event.target.name === 'who' || event.target.name === 'when') show();
    });
    show();
  };

  const templates = (form) => {
    const select = form.querySelector('[data-start-from]');
    const button = form.querySelector('[data-use-template]');
    const ready = () => { button.disabled = !select.value; };
    select.addEventListener('change', ready);
    ready();
    button.addEventListener('click', (event) => {
      const written = [...form.querySelectorAll('[data-words]')].some((field) => field.value.trim());
      if (written && !confirm(button.dataset.question)) event.preventDefault();
    });
  };

  const people = (root, form) => {
    const search = root.querySelector('[data-people-search]');
    const found = root.querySelector('[data-people-found]');
    const chips = root.querySelector('[data-chips]');
    const changed = () => form.dispatchEvent(new Event('change', { bubbles: true }));
    let timer;

    const look = async () => {
      const sought = search.value.trim();
      if (!sought) { found.replaceChildren(); return; }
      const url = `${root.dataset.peopleUrl}?q=${encodeURIComponent(sought)}`;
      const answer = await fetch(url, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
      if (answer.ok && search.value.trim() === sought) found.innerHTML = await answer.text();
    };
    search.addEventListener('input', (event) => {
      event.stopPropagation();
      clearTimeout(timer);
      timer = setTimeout(look, 200);
    });
    search.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.preventDefault();
      found.querySelector('[data-person]')?.click();
    });
    found.addEventListener('click', (event) => {
      const button = event.target.closest('[data-person]');
      if (!button) return;
      const known = chips.querySelector(`input[value="${button.dataset.person}"]`);
      if (!known) chips.append(button.nextElementSibling.content.cloneNode(true));
      search.value = '';
      found.replaceChildren();
      search.focus();
      changed();
    });
    chips.addEventListener('click', (event) => {
      const button = event.target.closest('[data-chip-remove]');
      if (!button) return;
      button.closest('li').remove();
      search.focus();
      changed();
    });
  };

  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
