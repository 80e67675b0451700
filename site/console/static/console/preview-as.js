/*
 * "As" in the preview: whose eyes to look through. Type some letters of a name or a
 * unit and pick a person; the hidden field "as" then changes, and the preview asks anew.
 */
(() => {
  class Chooser {
    constructor(root) {
      this.root = root;
      this.input = root.querySelector('[role="combobox"]');
      this.value = root.querySelector('input[name="as"]');
      this.list = root.querySelector('[role="listbox"]');
      this.chosen = this.input.value;
      this.input.addEventListener('focus', () => this.input.select());
      this.input.addEventListener('input', () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.find(), 200);
      });
      this.input.addEventListener('keydown', (event) => this.key(event));
      this.input.addEventListener('blur', () => setTimeout(() => this.close(), 150));
      this.list.addEventListener('pointerdown', (event) => {
        const option = event.target.closest('[role="option"][id]');
        event.preventDefault();
        if (option) this.pick(option);
      });
    }

    async find() {
      const sought = this.input.value.trim();
      if (!sought) {
        this.close(false);
        return;
      }
      const url = `${this.root.dataset.peopleUrl}?q=${encodeURIComponent(sought)}`;
      const answer = await fetch(url, {
        credentials: 'same-origin',
        headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
      }).catch(() => null);
      const { people } = answer?.ok ? await answer.json() : { people: [] };
      if (this.input.value.trim() === sought) this.offer(people);
    }

    offer(people) {
      const options = people.map((person) => this.option(person));
      if (!options.length) {
        const nobody = document.createElement('li');
        nobody.setAttribute('role', 'option');
        nobody.setAttribute('aria-disabled', 'true');
        nobody.textContent = this.root.dataset.nobody;
        options.push(nobody);
      }
      this.list.replaceChildren(...options);
      this.list.hidden = false;
      this.input.setAttribute('aria-expanded', 'true');
      this.mark(options[0]);
    }

    option(person) {
      const option = document.createElement('li');
      option.id = `preview-person-${person.id}`;
      option.setAttribute('role', 'option');
      option.dataset.id = person.id;
      option.dataset.name = person.name;
      option.textContent = person.name;
      if (person.hint) {
        const hint = document.createElement('small');
        hint.textContent = ` ${person.hint}`;
        option.append(hint);
      }
      return option;
    }

    mark(option) {
      this.list.querySelectorAll('[aria-selected]').forEach((each) => each.removeAttribute('aria-selected'));
      if (!option?.id) return;
      option.setAttribute('aria-selected', 'true');
      this.input.setAttribute('aria-activedescendant', option.id);
      option.scrollIntoView({ block: 'nearest' });
    }

    key(event) {
      const open = !this.list.hidden;
      const at = this.list.querySelector('[aria-selected]');
      if (event.key === 'Enter') {
        event.preventDefault();
        if (open && at) this.pick(at);
      } else if (event.key === 'Escape' && open) {
        event.stopPropagation();
        this.close();
      } else if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        event.preventDefault();
        const next = event.key === 'ArrowDown' ? at?.nextElementSibling : at?.previousElementSibling;
        if (next) this.mark(next);
      }
    }

    pick(option) {
      this.chosen = option.dataset.name;
      this.value.value = option.dataset.id;
      this.close();
      this.value.dispatchEvent(new Event('change'));
    }

    close(restore = true) {
      this.list.hidden = true;
      this.input.setAttribute('aria-expanded', 'false');
      this.input.removeAttribute('aria-activedescendant');
      if (restore) this.input.value = this.chosen;
    }
  }

  const start = () => {
    document.querySelectorAll('[data-preview]').forEach((root) => new Chooser(root));
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
