/*
 * "Insert placeholder" for plain fields: the subject, and the fields of blocks while
 * one is in them. Rich text has its own menu in draftail-placeholder.js.
 */
(() => {
  const FIELDS = 'input[type="text"][name], input[type="url"][name], textarea[name]';
  const words = (text) => (window.gettext ? window.gettext(text) : text);
  const NOT_IN_SUBJECT = ['unsubscribe_url'];

  const choices = () => JSON.parse(document.getElementById('placeholders')?.textContent || '[]');

  const insert = (field, name) => {
    field.focus();
    const { selectionStart: start, selectionEnd: end } = field;
    field.setRangeText(`{{ ${name} }}`, start, end, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  };

  const makeMenu = () => {
    const menu = document.createElement('div');
    menu.className = 'placeholder-menu';
    menu.popover = 'auto';
    menu.setAttribute('aria-label', words('Placeholders'));
    menu.append(
      ...choices().map(({ name, label }) => {
        const choice = document.createElement('button');
        choice.type = 'button';
        choice.dataset.name = name;
        const title = document.createElement('span');
        title.textContent = label;
        const code = document.createElement('code');
        code.textContent = `{{ ${name} }}`;
        choice.append(title, code);
        choice.addEventListener('click', () => {
          menu.hidePopover();
          insert(menu.field, name);
        });
        return choice;
      }),
    );
    menu.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const shown = [...menu.children].filter((choice) => !choice.hidden);
      const at = shown.indexOf(document.activeElement);
      shown[(at + step + shown.length) % shown.length].focus();
    });
    document.body.append(menu);
    return menu;
  };

  let menu;

  const open = (button, field) => {
    menu ??= makeMenu();
    menu.field = field;
    const inSubject = field.dataset.words === 'subject';
    [...menu.children].forEach((choice) => {
      choice.hidden = inSubject && NOT_IN_SUBJECT.includes(choice.dataset.name);
    });
    menu.showPopover();
    const box = button.getBoundingClientRect();
    const below = box.bottom + menu.offsetHeight + 8 < window.innerHeight;
    const top = below ? box.bottom + 4 : Math.max(8, box.top - menu.offsetHeight - 4);
    const left = Math.min(box.left, window.innerWidth - menu.offsetWidth - 16);
    menu.style.top = `${top + window.scrollY}px`;
    menu.style.left = `${left + window.scrollX}px`;
    menu.querySelector('button:not([hidden])').focus();
  };

  const offer = (field) => {
    const room = field.closest('[data-field-input]') || field.parentElement;
    if (room.parentElement.querySelector(':scope > .placeholder-open')) return;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'button button-small button-secondary placeholder-open';
    button.setAttribute('aria-haspopup', 'true');
    button.textContent = words('Insert placeholder');
    button.addEventListener('click', () => open(button, field));
    room.after(button);
  };

  const start = () => {
    document.querySelectorAll('[data-words]').forEach(offer);
    document.querySelectorAll('[data-words-body]').forEach((body) => {
      body.addEventListener('focusin', ({ target }) => {
        if (target.matches(FIELDS) && target.closest('[data-streamfield-child]')) offer(target);
      });
    });
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
