/*
 * Writing in several languages: a tab for each, with a word for how far it is. Only the
 * parts of the chosen channels show. Without this everything stands one after the other.
 */
(() => {
  class Languages {
    constructor(form) {
      this.form = form;
      this.panels = new Map(
        [...form.querySelectorAll('[data-language]')].map((panel) => [panel.dataset.language, panel]),
      );
      this.tabs = [...form.querySelectorAll('[role="tab"][data-tab]')];
      this.value = form.elements.tab;
      this.tabs.forEach((tab) => tab.addEventListener('click', () => this.open(tab.dataset.tab)));
      form.querySelector('[role="tablist"]')?.addEventListener('keydown', (event) => this.key(event));
      // Whoever writes in a language wants to see that one.
      this.panels.forEach((panel, code) => panel.addEventListener('focusin', () => this.tell(code)));
      form.addEventListener('change', ({ target }) => { if (target.name === 'ways') this.parts(); });
      document.addEventListener('preview:shown', ({ detail }) => this.show(detail));
      this.parts();
    }

    open(code) {
      this.value.value = code;
      this.tabs.forEach((tab) => {
        const chosen = tab.dataset.tab === code;
        tab.setAttribute('aria-selected', String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
      });
      this.panels.forEach((panel, each) => panel.classList.toggle('is-behind', each !== code));
      this.tell(code);
    }

    tell(code) {
      document.dispatchEvent(new CustomEvent('language:chosen', { detail: code }));
    }

    key(event) {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const at = this.tabs.indexOf(document.activeElement);
      const next = this.tabs[(at + step + this.tabs.length) % this.tabs.length];
      this.open(next.dataset.tab);
      next.focus();
    }

    parts() {
      const chosen = this.form.querySelector('input[name="ways"]:checked');
      if (!chosen) return;
      const channels = chosen.value.split('-').slice(1);
      this.form.querySelectorAll('[data-channel]').forEach((part) => {
        part.classList.toggle('is-unused', !channels.includes(part.dataset.channel));
      });
    }

    show({ states, problems, sms }) {
      const wrong = new Set(problems.map((problem) => problem.language).filter(Boolean));
      this.tabs.forEach((tab) => {
        const { tab: code } = tab.dataset;
        tab.querySelector('[data-state]').textContent = states[code] || '';
        tab.classList.toggle('is-wrong', wrong.has(code));
      });
      this.panels.forEach((panel, code) => {
        const size = panel.querySelector('[data-size]');
        if (!panel.querySelector('textarea[data-words="sms"]').value.trim()) size.replaceChildren();
        else if (sms && sms.language === code) size.innerHTML = sms.segments;
      });
    }
  }

  const start = () => {
    const form = document.querySelector('form:has([data-language])');
    if (form) new Languages(form);
  };
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', start);
  else start();
})();
